// A small JSON value: enough to write reports and to read them back. RFC 8259.
//
// Objects keep the order in which their members were added, so that files are stable. Whole numbers
// up to 2^64 stay exact; other numbers are doubles. Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_JSON_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_JSON_H_

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace switchboard::load {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;  // null
  Json(bool value) : value_(value) {}
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) Json(Integer value) {
    if (value < 0) {
      value_ = static_cast<int64_t>(value);
    } else {
      value_ = static_cast<uint64_t>(value);
    }
  }
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  // Reads one value; throws std::invalid_argument that says at which byte the text is not JSON.
  static Json Parse(std::string_view text);
  // Reads all values of a text that has several, one after another; the same throw.
  static std::vector<Json> ParseAll(std::string_view text);

  // Two spaces of indentation; an array without objects or arrays of arrays in it is one line. A
  // number that JSON cannot hold (NaN, infinity) becomes null, a byte that is not UTF-8 U+FFFD.
  std::string ToString() const;

  bool IsNull() const { return std::holds_alternative<std::monostate>(value_); }
  bool IsNumber() const;
  bool IsArray() const { return std::holds_alternative<Array>(value_); }
  bool IsObject() const { return std::holds_alternative<Object>(value_); }

  // The value as the type asked for; throws std::invalid_argument if it is of another, or does not
  // fit; null is none of them.
  bool AsBool() const;
  double AsNumber() const;
  uint64_t AsUnsigned() const;
  int64_t AsSigned() const;
  const std::string& AsString() const;
  const Array& AsArray() const;
  const Object& AsObject() const;

  // The member `key` of an object; the first throws std::invalid_argument if there is none, the
  // second returns nullptr.
  const Json& operator[](std::string_view key) const;
  const Json* Find(std::string_view key) const;
  // Appends a member to an object (null becomes an empty one first) or an element to an array.
  void Set(std::string key, Json value);
  void Append(Json value);

 private:
  void Write(std::string& out, int depth) const;
  bool IsFlat() const;

  std::variant<std::monostate, bool, uint64_t, int64_t, double, std::string, Array, Object> value_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_JSON_H_
