#include "src/base/distribution.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <numbers>
#include <optional>
#include <stdexcept>

namespace switchboard {
namespace {

constexpr double kLeastNs = 1e3, kMostNs = 3600e9;
constexpr double kLongestDrawNs = 86400e9;
constexpr double kMostShape = 4;
constexpr size_t kMostValues = 1'000'000;
constexpr const char* kNoShape = "has no shape from 0 to 4 at its end, as in lognormal:5ms:2";

// Nothing if it is no decimal number with something behind it.
std::optional<double> TakeNumber(std::string_view text, std::string_view& rest) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || std::signbit(number) || !std::isfinite(number)) return std::nullopt;
  rest = text.substr(static_cast<size_t>(end - text.data()));
  return number;
}

std::optional<double> TimeNs(std::string_view text) {
  struct Unit {
    std::string_view name;
    double ns;
  };
  constexpr Unit kUnits[] = {{"ns", 1},  {"us", 1e3}, {"ms", 1e6},
                             {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
  std::string_view unit;
  const std::optional<double> number = TakeNumber(text, unit);
  for (const Unit& each : kUnits) {
    if (number && unit == each.name) return *number * each.ns;
  }
  return std::nullopt;
}

double TakeTimeNs(std::string_view text) {
  const std::optional<double> ns = TimeNs(text);
  if (!ns || *ns < kLeastNs || *ns > kMostNs) {
    throw std::invalid_argument(
        "is no time from 1us to 1h; write 5ms, exp:5ms, uniform:1ms-9ms, lognormal:5ms:2 or "
        "file:PATH");
  }
  return *ns;
}

// What stands before and behind `by`; throws if it is not there.
std::pair<std::string_view, std::string_view> Split(std::string_view text, char by,
                                                    const char* complaint) {
  const size_t at = text.find(by);
  if (at == text.npos) throw std::invalid_argument(complaint);
  return {text.substr(0, at), text.substr(at + 1)};
}

double TakeShape(std::string_view text) {
  std::string_view rest;
  const std::optional<double> shape = TakeNumber(text, rest);
  if (!shape || !rest.empty() || *shape > kMostShape) {
    throw std::invalid_argument(kNoShape);
  }
  return *shape;
}

// Sebastiano Vigna's splitmix64: the random word at a place of a sequence, without the ones before.
uint64_t RandomWord(uint64_t seed, uint64_t place) {
  uint64_t word = seed + (place + 1) * 0x9e3779b97f4a7c15;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

// From 0 to below 1.
double Fraction(uint64_t word) { return static_cast<double>(word >> 11) * 0x1p-53; }

// Of mean 0 and standard deviation 1, from two words: Box and Muller.
double Normal(uint64_t first, uint64_t second) {
  const double radius = std::sqrt(-2 * std::log1p(-Fraction(first)));
  return radius * std::cos(2 * std::numbers::pi * Fraction(second));
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

Distribution::Distribution(std::string_view text) : Distribution(Parse(text)) {
  if (kind_ == Kind::kFile) ReadFile();
}

void Distribution::Check(std::string_view text) { (void)Parse(text); }

Distribution Distribution::Parse(std::string_view text) {
  Distribution made;
  if (TakePrefix(text, "exp:")) {
    made.kind_ = Kind::kExponential;
    made.a_ns_ = TakeTimeNs(text);
  } else if (TakePrefix(text, "uniform:")) {
    made.kind_ = Kind::kUniform;
    const auto [low, high] =
        Split(text, '-', "has no two times with '-' between, as in uniform:1ms-9ms");
    made.a_ns_ = TakeTimeNs(low);
    made.b_ns_ = TakeTimeNs(high);
    if (made.b_ns_ < made.a_ns_) throw std::invalid_argument("ends before it begins; swap the two");
  } else if (TakePrefix(text, "lognormal:")) {
    made.kind_ = Kind::kLognormal;
    const auto [mean, shape] = Split(text, ':', kNoShape);
    made.a_ns_ = TakeTimeNs(mean);
    made.shape_ = TakeShape(shape);
  } else if (TakePrefix(text, "file:")) {
    made.kind_ = Kind::kFile;
    made.path_ = text;
    if (text.empty()) throw std::invalid_argument("names no file, as in file:/tmp/times");
  } else {
    made.a_ns_ = TakeTimeNs(text);
  }
  return made;
}

void Distribution::ReadFile() {
  std::ifstream file(path_);
  std::string line;
  while (values_ns_.size() <= kMostValues && std::getline(file, line)) {
    const std::optional<double> ns = TimeNs(line);
    if (!ns || *ns > kMostNs) {
      throw std::runtime_error("line " + std::to_string(values_ns_.size() + 1) + " of '" + path_ +
                               "' is no time up to 1h; write one a line, as in 5ms");
    }
    values_ns_.push_back(std::llround(*ns));
  }
  if (values_ns_.empty() || values_ns_.size() > kMostValues) {
    throw std::runtime_error("cannot take times from '" + path_ +
                             "'; give a file that can be read "
                             "and has 1 to 1000000 of them, one a line");
  }
}

int64_t Distribution::DrawNs(uint64_t seed, uint64_t index) const {
  const uint64_t word = RandomWord(seed, 2 * index);
  double ns = a_ns_;
  switch (kind_) {
    case Kind::kConstant:
      break;
    case Kind::kExponential:
      ns = -a_ns_ * std::log1p(-Fraction(word));
      break;
    case Kind::kUniform:
      ns = a_ns_ + (b_ns_ - a_ns_) * Fraction(word);
      break;
    case Kind::kLognormal: {
      const double normal = Normal(word, RandomWord(seed, 2 * index + 1));
      ns = a_ns_ * std::exp(shape_ * normal - shape_ * shape_ / 2);
      break;
    }
    case Kind::kFile:
      return values_ns_[static_cast<size_t>(Fraction(word) *
                                            static_cast<double>(values_ns_.size()))];
  }
  return std::llround(std::min(ns, kLongestDrawNs));
}

}  // namespace switchboard
