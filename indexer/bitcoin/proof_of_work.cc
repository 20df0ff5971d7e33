#include "indexer/bitcoin/proof_of_work.h"

#include <algorithm>
#include <bit>

namespace coinwake::bitcoin {
namespace {

constexpr std::size_t kLimbs = 4;

unsigned BitLength(const Uint256& number) {
  for (std::size_t i = kLimbs; i-- > 0;) {
    if (number.limbs[i] != 0) {
      return static_cast<unsigned>(64 * i) + static_cast<unsigned>(std::bit_width(number.limbs[i]));
    }
  }
  return 0;
}

// REQUIRES: bits < 256.
Uint256 ShiftLeft(const Uint256& number, unsigned bits) {
  Uint256 result;
  const std::size_t whole = bits / 64;
  const unsigned part = bits % 64;
  for (std::size_t i = kLimbs; i-- > whole;) {
    result.limbs[i] = number.limbs[i - whole] << part;
    if (part != 0 && i > whole) result.limbs[i] |= number.limbs[i - whole - 1] >> (64 - part);
  }
  return result;
}

Uint256 HalfOf(const Uint256& number) {
  Uint256 result;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    result.limbs[i] = number.limbs[i] >> 1;
    if (i + 1 < kLimbs) result.limbs[i] |= number.limbs[i + 1] << 63;
  }
  return result;
}

// REQUIRES: b <= a.
Uint256 Subtract(const Uint256& a, const Uint256& b) {
  Uint256 result;
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const std::uint64_t without = a.limbs[i] - b.limbs[i];
    result.limbs[i] = without - borrow;
    borrow = (a.limbs[i] < b.limbs[i] || without < borrow) ? 1 : 0;
  }
  return result;
}

Uint256 Complement(const Uint256& number) {
  Uint256 result;
  for (std::size_t i = 0; i < kLimbs; ++i) result.limbs[i] = ~number.limbs[i];
  return result;
}

// Long division. REQUIRES: divisor is not zero.
Uint256 Divide(Uint256 dividend, const Uint256& divisor) {
  Uint256 quotient;
  const unsigned dividend_bits = BitLength(dividend);
  const unsigned divisor_bits = BitLength(divisor);
  if (dividend_bits < divisor_bits) return quotient;
  unsigned shift = dividend_bits - divisor_bits;
  for (Uint256 part = ShiftLeft(divisor, shift);; part = HalfOf(part), --shift) {
    if (part <= dividend) {
      dividend = Subtract(dividend, part);
      quotient.limbs[shift / 64] |= std::uint64_t{1} << (shift % 64);
    }
    if (shift == 0) return quotient;
  }
}

}  // namespace

Uint256 Uint256::FromHash(const Hash256& hash) {
  Uint256 result;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    result.limbs[i] = LoadLe<std::uint64_t>(hash.bytes.data() + 8 * i);
  }
  return result;
}

std::string Uint256::ToHex() const {
  Hash256 bytes;
  for (std::size_t i = 0; i < kLimbs; ++i) StoreLe(bytes.bytes.data() + 8 * i, limbs[i]);
  return bytes.ToDisplayHex();
}

std::strong_ordering operator<=>(const Uint256& a, const Uint256& b) {
  return std::lexicographical_compare_three_way(a.limbs.rbegin(), a.limbs.rend(), b.limbs.rbegin(),
                                                b.limbs.rend());
}

Uint256 operator+(const Uint256& a, const Uint256& b) {
  Uint256 sum;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const std::uint64_t without = a.limbs[i] + b.limbs[i];
    sum.limbs[i] = without + carry;
    carry = (without < a.limbs[i] || sum.limbs[i] < without) ? 1 : 0;
  }
  if (carry != 0) sum = Complement(Uint256{});
  return sum;
}

std::optional<Uint256> TargetOfBits(std::uint32_t bits) {
  const unsigned exponent = bits >> 24;
  std::uint32_t mantissa = bits & 0x007fffff;
  if (exponent <= 3) mantissa >>= 8 * (3 - exponent);
  if (mantissa == 0 || (bits & 0x00800000) != 0) return std::nullopt;
  if (exponent > 34 || (mantissa > 0xff && exponent > 33) || (mantissa > 0xffff && exponent > 32)) {
    return std::nullopt;
  }
  Uint256 target;
  target.limbs[0] = mantissa;
  return exponent <= 3 ? target : ShiftLeft(target, 8 * (exponent - 3));
}

bool CheckProofOfWork(const Hash256& hash, std::uint32_t bits, const NetworkParams& params) {
  const std::optional<Uint256> target = TargetOfBits(bits);
  if (!target) return false;
  // No compact number lies between the limit's compact form and the limit itself.
  const std::optional<Uint256> limit = TargetOfBits(params.pow_limit_bits);
  return limit && *target <= *limit && Uint256::FromHash(hash) <= *target;
}

ChainWork WorkOfBits(std::uint32_t bits) {
  // Thousands of headers in a row have the same bits, and the division is the whole cost.
  struct Answer {
    std::uint32_t bits = 0;
    ChainWork work;
  };
  thread_local Answer last;
  if (last.bits == bits) return last.work;
  const std::optional<Uint256> target = TargetOfBits(bits);
  if (!target) return {};
  // 2^256 / (t + 1) = (2^256 - t - 1) / (t + 1) + 1, which fits in 256 bits.
  const Uint256 one{{1, 0, 0, 0}};
  last = {bits, Divide(Complement(*target), *target + one) + one};
  return last.work;
}

}  // namespace coinwake::bitcoin
