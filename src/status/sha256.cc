#include "src/status/sha256.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace switchboard::status {
namespace {

using Block = std::array<uint32_t, 16>;

// The first 32 bits of the fractional part of the root of a prime, which the standard takes for its
// constants: of the largest number whose power is not above prime * 2^(32 * degree).
uint32_t RootBits(uint64_t prime, int degree) {
  using Wide = unsigned __int128;
  Wide root = 0;
  for (int bit = 36; bit >= 0; --bit) {
    const Wide next = root | Wide{1} << bit;
    const Wide power = degree == 2 ? next * next : next * next * next;
    if (power <= Wide{prime} << (32 * degree)) root = next;
  }
  return static_cast<uint32_t>(root);
}

std::array<uint64_t, 64> FirstPrimes() {
  std::array<uint64_t, 64> primes{};
  size_t found = 0;
  for (uint64_t n = 2; found < primes.size(); ++n) {
    bool prime = true;
    for (size_t i = 0; i < found; ++i) prime = prime && n % primes[i] != 0;
    if (prime) primes[found++] = n;
  }
  return primes;
}

class Sha256 {
 public:
  Sha256() {
    const std::array<uint64_t, 64> primes = FirstPrimes();
    for (size_t i = 0; i < state_.size(); ++i) state_[i] = RootBits(primes[i], 2);
    for (size_t i = 0; i < constants_.size(); ++i) constants_[i] = RootBits(primes[i], 3);
  }

  void Add(const Block& block) {
    std::array<uint32_t, 64> w{};
    for (size_t i = 0; i < 16; ++i) w[i] = block[i];
    for (size_t i = 16; i < 64; ++i) {
      const uint32_t a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[i - 7] +
             (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
    }
    std::array<uint32_t, 8> s = state_;
    for (size_t i = 0; i < 64; ++i) {
      const uint32_t e = std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25);
      const uint32_t a = std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22);
      const uint32_t one = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants_[i] + w[i];
      const uint32_t two = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      s = {one + two, s[0], s[1], s[2], s[3] + one, s[4], s[5], s[6]};
    }
    for (size_t i = 0; i < state_.size(); ++i) state_[i] += s[i];
  }

  // The bit at `index` of the result, from the first; 0 behind the last.
  uint32_t Bit(size_t index) const {
    return index < 256 ? state_[index / 32] >> (31 - index % 32) & 1 : 0;
  }

 private:
  std::array<uint32_t, 8> state_;
  std::array<uint32_t, 64> constants_;
};

// The text, a bit, zeros up to a whole number of blocks, and in the last 8 bytes its length in
// bits.
std::string Padded(std::string_view text) {
  std::string padded(text);
  padded += '\x80';
  while (padded.size() % 64 != 56) padded += '\0';
  const uint64_t bits = uint64_t{text.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) padded += static_cast<char>(bits >> shift);
  return padded;
}

}  // namespace

std::string Sha256Base64(std::string_view text) {
  Sha256 sha;
  const std::string padded = Padded(text);
  for (size_t begin = 0; begin < padded.size(); begin += 64) {
    Block block{};
    for (size_t i = 0; i < 64; ++i) {
      block[i / 4] = block[i / 4] << 8 | static_cast<unsigned char>(padded[begin + i]);
    }
    sha.Add(block);
  }
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string base64;
  for (size_t i = 0; i < 43; ++i) {
    uint32_t six = 0;
    for (size_t bit = i * 6; bit < i * 6 + 6; ++bit) six = six << 1 | sha.Bit(bit);
    base64 += kDigits[six];
  }
  return base64 + '=';
}

}  // namespace switchboard::status
