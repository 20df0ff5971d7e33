// An amount of taint, exact: satoshi in units of 2^-12, and runs of labelled satoshi.
#ifndef COINWAKE_TRACER_TAINT_H_
#define COINWAKE_TRACER_TAINT_H_

#include <compare>
#include <cstdint>
#include <string>

namespace coinwake {

// ISO C++ has no such type, gcc and clang do; an alias declaration cannot take __extension__.
// NOLINTNEXTLINE(modernize-use-using)
__extension__ typedef unsigned __int128 Uint128;

// Taint in units of 2^-12 satoshi. One output's fits 63 bits (supply < 2^51 satoshi); sums over
// many outputs under poison can pass 64 bits, so the value is 128 bits wide.
class Taint {
 public:
  static constexpr int kFractionBits = 12;

  constexpr Taint() = default;
  static constexpr Taint FromSatoshi(std::uint64_t satoshi) {
    return FromUnits(static_cast<Uint128>(satoshi) << kFractionBits);
  }
  static constexpr Taint FromUnits(Uint128 units) {
    Taint taint;
    taint.units_ = units;
    return taint;
  }

  constexpr Uint128 units() const { return units_; }
  constexpr bool is_zero() const { return units_ == 0; }
  // Exact decimal satoshi, no trailing zeros: "12.25", "7".
  std::string ToString() const;

  constexpr Taint& operator+=(Taint other) {
    units_ += other.units_;
    return *this;
  }
  constexpr Taint& operator-=(Taint other) {  // REQUIRES: other <= *this
    units_ -= other.units_;
    return *this;
  }
  friend constexpr Taint operator+(Taint a, Taint b) { return a += b; }
  friend constexpr Taint operator-(Taint a, Taint b) { return a -= b; }
  friend constexpr bool operator==(Taint a, Taint b) { return a.units_ == b.units_; }
  friend constexpr auto operator<=>(Taint a, Taint b) { return a.units_ <=> b.units_; }

 private:
  Uint128 units_ = 0;
};

inline constexpr std::uint32_t kCleanLabel = 0xffffffff;

// `length` satoshi in a row that carry one label (or none).
struct Run {
  std::uint64_t length = 0;
  std::uint32_t label = kCleanLabel;
  friend bool operator==(const Run&, const Run&) = default;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_TAINT_H_
