// Addresses that everybody pays into and that are nobody's: tokens' contracts, and the zero
// address.
//
// Of the main network. A contract's address comes from a transaction of the main network, so that
// nobody has one of these on another, but for chains made to look like it.
#ifndef COINWAKE_INDEXER_TRON_KNOWN_ADDRESSES_H_
#define COINWAKE_INDEXER_TRON_KNOWN_ADDRESSES_H_

#include <string_view>

namespace coinwake::tron {

// The body of 20 zeros. Mints come from it and burns go to it.
inline constexpr std::string_view kZeroAddress = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb";

inline constexpr std::string_view kTetherContract = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
// Wraps TRX: what goes in and comes out of it moves balances without Transfer events.
inline constexpr std::string_view kWrappedTrxContract = "TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR";

struct KnownToken {
  std::string_view contract;
  std::string_view symbol;
};
// USDT, USDC and WTRX as in GraphSense's token configuration; TUSD and USDD as several public
// wallets' token lists have them (USDD has a contract of before 2025 and one since).
inline constexpr KnownToken kKnownTokens[] = {
    {kTetherContract, "USDT"},
    {"TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8", "USDC"},
    {"TPYmHEhy5n8TCEfYGqW2rPxsghSfzghPDn", "USDD"},
    {"TXDk8mbtRbXeYuMNS83CfKPaYYT8XWv9Hz", "USDD"},
    {"TUpMhErZL2fhh4sVNULAbNKLokS4GjC1F4", "TUSD"},
    {kWrappedTrxContract, "WTRX"},
};

// Empty where the address, in base58, is none of these contracts.
constexpr std::string_view SymbolOfKnownToken(std::string_view address) {
  for (const KnownToken& token : kKnownTokens) {
    if (token.contract == address) return token.symbol;
  }
  return {};
}

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_KNOWN_ADDRESSES_H_
