// An amount of taint on accounts, exact: base units of any asset in units of 2^-12, summed without
// overflow.
#ifndef COINWAKE_TRACER_ACCOUNT_TAINT_H_
#define COINWAKE_TRACER_ACCOUNT_TAINT_H_

#include <string>

#include "indexer/base/amount.h"
#include "tracer/taint.h"

namespace coinwake {

// What one account can hold and one event can move, in base units or in the finer units of a
// haircut: sums of two and doubled remainders fit 128 bits.
inline constexpr Uint128 kMaxAccountUnits = (Uint128{1} << 127) - 1;

// Taint in units of 2^-12 of the asset's base unit. An account's fits 139 bits; a trace adds up as
// many as there are events, which 256 bits always hold.
class AccountTaint {
 public:
  static constexpr int kFractionBits = 12;

  AccountTaint() = default;
  // `units` of 2^-`fraction_bits`. REQUIRES: 0 <= fraction_bits <= kFractionBits.
  static AccountTaint FromUnits(Uint128 units, int fraction_bits) {
    AccountTaint taint;
    taint.units_ = Uint256(units) << (kFractionBits - fraction_bits);
    return taint;
  }
  static AccountTaint FromBaseUnits(Uint128 amount) { return FromUnits(amount, 0); }

  bool is_zero() const { return units_ == 0; }
  const Uint256& units() const { return units_; }  // of 2^-12
  // Exact decimal base units, no trailing zeros: "12.25", "7".
  std::string ToString() const;

  AccountTaint& operator+=(const AccountTaint& other) {
    units_ += other.units_;
    return *this;
  }
  AccountTaint& operator-=(const AccountTaint& other) {  // REQUIRES: not more than this
    units_ -= other.units_;
    return *this;
  }
  friend AccountTaint operator+(AccountTaint a, const AccountTaint& b) { return a += b; }
  friend AccountTaint operator-(AccountTaint a, const AccountTaint& b) { return a -= b; }
  friend bool operator==(const AccountTaint& a, const AccountTaint& b) {
    return a.units_ == b.units_;
  }
  friend bool operator<(const AccountTaint& a, const AccountTaint& b) {
    return a.units_ < b.units_;
  }

 private:
  Uint256 units_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_TAINT_H_
