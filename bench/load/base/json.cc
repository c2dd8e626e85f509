#include "bench/load/base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>

#include "bench/load/base/utf8.h"
#include "src/base/utf8.h"

namespace switchboard::load {
namespace {

constexpr int kDeepest = 100;

void WriteString(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const char c = text[0];
    const size_t size = Utf8Size(text);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", c);
      out += escaped;
    } else {
      out += size > 0 ? text.substr(0, size) : kNoUtf8;
    }
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  out += '"';
}

template <typename Number>
void WriteNumber(std::string& out, Number number) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof(text), number).ptr);
}

void AppendUtf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Json Document() {
    Json value = Value(0);
    SkipSpace();
    if (at_ != text_.size()) Fail("something follows the value");
    return value;
  }

  std::vector<Json> Documents() {
    std::vector<Json> values;
    for (SkipSpace(); at_ < text_.size(); SkipSpace()) values.push_back(Value(0));
    return values;
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw std::invalid_argument("not JSON at byte " + std::to_string(at_) + ": " + what);
  }

  void SkipSpace() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  char Peek() {
    SkipSpace();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  void Expect(char c) {
    if (!Take(c)) Fail(std::string("expected '") + c + "'");
  }
  bool TakeWord(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Json Value(int depth) {
    if (depth > kDeepest) Fail("nested too deeply");
    const char c = Peek();
    if (c == '{') return ObjectValue(depth);
    if (c == '[') return ArrayValue(depth);
    if (c == '"') return StringValue();
    if (TakeWord("true")) return true;
    if (TakeWord("false")) return false;
    if (TakeWord("null")) return {};
    return NumberValue();
  }

  Json ObjectValue(int depth) {
    Json::Object object;
    Expect('{');
    if (Take('}')) return object;
    do {
      if (Peek() != '"') Fail("expected a member's name");
      std::string key = StringValue();
      Expect(':');
      object.emplace_back(std::move(key), Value(depth + 1));
    } while (Take(','));
    Expect('}');
    return object;
  }

  Json ArrayValue(int depth) {
    Json::Array array;
    Expect('[');
    if (Take(']')) return array;
    do {
      array.push_back(Value(depth + 1));
    } while (Take(','));
    Expect(']');
    return array;
  }

  unsigned Hex4() {
    unsigned code = 0;
    const char* const first = text_.data() + at_;
    if (text_.size() - at_ < 4 || std::from_chars(first, first + 4, code, 16).ptr != first + 4) {
      Fail("\\u needs four hexadecimal digits");
    }
    at_ += 4;
    return code;
  }

  void Escape(std::string& out) {
    if (at_ == text_.size()) Fail("a string does not end");
    const char c = text_[at_++];
    constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
    if (const size_t i = kNames.find(c); i != kNames.npos) {
      out += kValues[i];
      return;
    }
    if (c != 'u') Fail("no such escape");
    AppendUtf8(out, CodePoint());
  }

  // Behind "\u", of one escape or of a pair of surrogates.
  unsigned CodePoint() {
    const unsigned code = Hex4();
    if (code < 0xd800 || code > 0xdfff) return code;
    const unsigned low = code < 0xdc00 && TakeWord("\\u") ? Hex4() : 0;
    if (low < 0xdc00 || low > 0xdfff) Fail("half of a pair of surrogates");
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }

  std::string StringValue() {
    std::string out;
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_++];
      if (c == '"') return out;
      if (static_cast<unsigned char>(c) < 0x20) Fail("a control character in a string");
      if (c == '\\') {
        Escape(out);
        continue;
      }
      const size_t size = Utf8Size(text_.substr(at_ - 1));
      if (size == 0) Fail("a string is not UTF-8");
      out += text_.substr(at_ - 1, size);
      at_ += size - 1;
    }
    Fail("a string does not end");
  }

  template <typename Number>
  bool TakeNumber(std::string_view digits, Number& number) {
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
    return error == std::errc() && end == digits.end();
  }

  Json NumberValue() {
    const size_t end = std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
    const std::string_view digits = text_.substr(at_, end - at_);
    uint64_t whole;
    int64_t negative;
    double number;
    Json value;
    if (TakeNumber(digits, whole)) {
      value = whole;
    } else if (TakeNumber(digits, negative)) {
      value = negative;
    } else if (TakeNumber(digits, number)) {
      value = number;
    } else {
      Fail("expected a value");
    }
    at_ = end;
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
};

[[noreturn]] void WrongType(const char* wanted) {
  throw std::invalid_argument(std::string("a JSON value is not ") + wanted);
}

}  // namespace

Json Json::Parse(std::string_view text) { return Parser(text).Document(); }

std::vector<Json> Json::ParseAll(std::string_view text) { return Parser(text).Documents(); }

std::string Json::ToString() const {
  std::string out;
  Write(out, 0);
  return out + "\n";
}

bool Json::IsFlat() const {
  if (!IsArray()) return !IsObject();
  const Array& array = std::get<Array>(value_);
  return std::all_of(array.begin(), array.end(), [](const Json& each) { return each.IsFlat(); });
}

void Json::Write(std::string& out, int depth) const {
  const auto new_line = [&](int indent) { out.append("\n").append(2 * indent, ' '); };
  if (const auto* text = std::get_if<std::string>(&value_)) return WriteString(out, *text);
  if (const auto* whole = std::get_if<uint64_t>(&value_)) return WriteNumber(out, *whole);
  if (const auto* negative = std::get_if<int64_t>(&value_)) return WriteNumber(out, *negative);
  if (const auto* flag = std::get_if<bool>(&value_)) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = std::get_if<double>(&value_); number && std::isfinite(*number)) {
    WriteNumber(out, *number);
  } else if (IsArray()) {
    const bool flat = IsFlat();
    out += '[';
    const char* separator = "";
    for (const Json& each : std::get<Array>(value_)) {
      out += std::exchange(separator, ",");
      if (!flat) new_line(depth + 1);
      each.Write(out, depth + 1);
    }
    if (!flat) new_line(depth);
    out += ']';
  } else if (IsObject()) {
    out += '{';
    const char* separator = "";
    for (const auto& [key, value] : std::get<Object>(value_)) {
      out += std::exchange(separator, ",");
      new_line(depth + 1);
      WriteString(out, key);
      out += ": ";
      value.Write(out, depth + 1);
    }
    new_line(depth);
    out += '}';
  } else {
    out += "null";
  }
}

bool Json::IsNumber() const {
  return std::holds_alternative<uint64_t>(value_) || std::holds_alternative<int64_t>(value_) ||
         std::holds_alternative<double>(value_);
}

bool Json::AsBool() const {
  if (const auto* flag = std::get_if<bool>(&value_)) return *flag;
  WrongType("true or false");
}

double Json::AsNumber() const {
  if (const auto* whole = std::get_if<uint64_t>(&value_)) return static_cast<double>(*whole);
  if (const auto* negative = std::get_if<int64_t>(&value_)) return static_cast<double>(*negative);
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  WrongType("a number");
}

uint64_t Json::AsUnsigned() const {
  if (const auto* whole = std::get_if<uint64_t>(&value_)) return *whole;
  WrongType("a whole number from 0 to 2^64 - 1");
}

int64_t Json::AsSigned() const {
  if (const auto* negative = std::get_if<int64_t>(&value_)) return *negative;
  const uint64_t whole = AsUnsigned();
  if (whole > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) WrongType("below 2^63");
  return static_cast<int64_t>(whole);
}

const std::string& Json::AsString() const {
  if (const auto* text = std::get_if<std::string>(&value_)) return *text;
  WrongType("a string");
}

const Json::Array& Json::AsArray() const {
  if (const auto* array = std::get_if<Array>(&value_)) return *array;
  WrongType("an array");
}

const Json::Object& Json::AsObject() const {
  if (const auto* object = std::get_if<Object>(&value_)) return *object;
  WrongType("an object");
}

const Json* Json::Find(std::string_view key) const {
  for (const auto& [name, value] : AsObject()) {
    if (name == key) return &value;
  }
  return nullptr;
}

const Json& Json::operator[](std::string_view key) const {
  if (const Json* found = Find(key)) return *found;
  throw std::invalid_argument("a JSON object has no member '" + std::string(key) + "'");
}

void Json::Set(std::string key, Json value) {
  if (IsNull()) value_ = Object();
  std::get<Object>(value_).emplace_back(std::move(key), std::move(value));
}

void Json::Append(Json value) {
  if (IsNull()) value_ = Array();
  std::get<Array>(value_).push_back(std::move(value));
}

}  // namespace switchboard::load
