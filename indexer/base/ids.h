// Dense identifiers, distinct types that do not mix.
//
// Every id counts from 0 in chain order: (height, transaction index, input or output index). Widths
// on disk are named in indexer/segment/schema.h; in memory each id is 64 bits.
#ifndef COINWAKE_INDEXER_BASE_IDS_H_
#define COINWAKE_INDEXER_BASE_IDS_H_

#include <compare>
#include <cstdint>
#include <utility>

namespace coinwake {

template <typename Tag>
struct Id {
  std::uint64_t value = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison.
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
  friend constexpr Id operator+(Id id, std::uint64_t count) { return Id{id.value + count}; }
  friend constexpr std::uint64_t operator-(Id a, Id b) { return a.value - b.value; }
  constexpr Id& operator++() {
    ++value;
    return *this;
  }
  template <typename H>
  friend H AbslHashValue(H state, const Id& id) {
    return H::combine(std::move(state), id.value);
  }
};

using TxNum = Id<struct TxNumTag>;          // a transaction of the indexed chain
using OutputNum = Id<struct OutputNumTag>;  // an output of an indexed transaction
using InputNum = Id<struct InputNumTag>;  // an input of an indexed transaction; coinbases have none
using AddressNum =
    Id<struct AddressNumTag>;         // a distinct scriptPubKey or account, by first appearance
using KeyNum = Id<struct KeyNumTag>;  // a revealed public key
using ForeignNum = Id<struct ForeignNumTag>;  // a spent output created before the indexed window
using EventNum = Id<struct EventNumTag>;      // an entry of an account chain's ledger
using AssetNum = Id<struct AssetNumTag>;      // what balances are counted in, by first appearance

// Half-open range of ids: [begin, end).
template <typename IdType>
struct IdRange {
  IdType begin;
  IdType end;

  constexpr std::uint64_t size() const { return end.value - begin.value; }
  constexpr bool empty() const { return begin == end; }
  constexpr bool contains(IdType id) const { return begin <= id && id < end; }
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_IDS_H_
