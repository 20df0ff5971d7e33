// Tron's addresses: 21 bytes that begin with 0x41, shown in base58check as 34 characters from `T`.
//
// Pure functions and values, safe from any thread. Rules: java-tron's DecodeUtil.addressValid,
// Hash.computeAddress and WalletUtil.generateContractAddress.
#ifndef COINWAKE_INDEXER_TRON_ADDRESS_H_
#define COINWAKE_INDEXER_TRON_ADDRESS_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"

namespace coinwake::tron {

inline constexpr std::uint8_t kAddressPrefix = 0x41;
inline constexpr std::size_t kAddressSize = 21;      // bytes, the prefix among them
inline constexpr std::size_t kAddressBodySize = 20;  // bytes after it, as contracts know addresses

struct Address {
  std::array<std::uint8_t, kAddressSize> bytes{kAddressPrefix};

  // nullopt unless 21 bytes, 0x41 the first.
  static std::optional<Address> FromBytes(ByteSpan bytes);
  // From the 20 bytes that logs and contracts have.
  static Address FromBody(std::span<const std::uint8_t, kAddressBodySize> body);
  // From a word of 32 bytes: its last 20. The 12 before are not looked at, because callers pad an
  // address of 21 bytes to a word as well as one of 20.
  static Address FromWord(const Hash256& word);

  std::string ToBase58() const;
  std::string ToHex() const;  // 42 digits, 41 the first two

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison.
  friend auto operator<=>(const Address&, const Address&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Address& address) {
    return H::combine(std::move(state), address.bytes);
  }
};

// From base58check, or 42 hex digits that begin with 41. kInvalidArgument quotes the beginning of
// the text, made printable, and says in one line what is wrong: a character, the length, the
// checksum, the prefix; and what to write in place of hex without 41 or with 0x.
absl::StatusOr<Address> ParseAddress(std::string_view text);

// Of an uncompressed public key, 65 bytes that begin with 04; nullopt for other bytes. Whether it
// is a point of the curve is not checked.
std::optional<Address> AddressOfPublicKey(ByteSpan uncompressed);

// Of the contract that the transaction `txid` of `owner` creates. `owner` is as the transaction has
// it. Contracts that contracts create are named by their internal transactions only.
Address AddressOfCreatedContract(const Hash256& txid, ByteSpan owner);

// Whoever a message names: an address nearly always, but the protocol has plain bytes there, and
// genesis names an owner by 23 characters of text. Accounts are told apart by these bytes.
class Account {
 public:
  Account() = default;  // nobody: the field is not set
  explicit Account(ByteSpan bytes) : address_(Address::FromBytes(bytes)) {
    if (!address_.has_value()) other_.assign(bytes.begin(), bytes.end());
  }
  explicit Account(const Address& address) : address_(address) {}

  ByteSpan bytes() const { return address_ ? ByteSpan(address_->bytes) : ByteSpan(other_); }
  bool empty() const { return !address_.has_value() && other_.empty(); }
  const std::optional<Address>& address() const { return address_; }

  // The address in base58; `raw:` and the bytes in hex where they are no address; "" for nobody.
  std::string Name() const;

  // Addresses in the order of their bytes stand behind everybody else.
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison.
  friend auto operator<=>(const Account&, const Account&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Account& account) {
    const ByteSpan bytes = account.bytes();
    return H::combine(H::combine_contiguous(std::move(state), bytes.data(), bytes.size()),
                      bytes.size());
  }

 private:
  std::optional<Address> address_;   // nearly always; needs no memory of its own
  std::vector<std::uint8_t> other_;  // bytes that are no address
};

// Reads back what Name() writes, and what ParseAddress() reads. kInvalidArgument: neither.
absl::StatusOr<Account> ParseAccount(std::string_view name);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_ADDRESS_H_
