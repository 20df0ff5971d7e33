#include "heuristics/constrained_union.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace coinwake {

ConstrainedUnion::ConstrainedUnion(std::uint64_t count, UnionByMin* unions)
    : unions_(*unions), sizes_(count, 0) {
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint32_t& size = sizes_[unions_.Parent(static_cast<std::uint32_t>(i))];
    ++size;
    largest_ = std::max(largest_, size);
  }
}

void ConstrainedUnion::KeepApart(std::uint32_t a, std::uint32_t b) {
  a = unions_.Find(a);
  b = unions_.Find(b);
  if (a != b) apart_.Put(a, b, 0);
}

void ConstrainedUnion::SetOwner(std::uint32_t address, std::uint64_t owner) {
  std::vector<std::uint64_t>& owners = owners_[unions_.Find(address)];
  const auto place = std::lower_bound(owners.begin(), owners.end(), owner);
  if (place == owners.end() || *place != owner) owners.insert(place, owner);
}

bool ConstrainedUnion::HaveDifferentOwners(std::uint32_t a, std::uint32_t b) const {
  if (owners_.empty()) return false;
  const auto of_a = owners_.find(a);
  const auto of_b = owners_.find(b);
  if (of_a == owners_.end() || of_b == owners_.end()) return false;
  return std::none_of(of_a->second.begin(), of_a->second.end(), [&](std::uint64_t owner) {
    return std::binary_search(of_b->second.begin(), of_b->second.end(), owner);
  });
}

void ConstrainedUnion::MergeOwners(std::uint32_t from, std::uint32_t into) {
  const auto place = owners_.find(from);
  if (place == owners_.end()) return;
  const std::vector<std::uint64_t> moved = std::move(place->second);
  owners_.erase(place);
  std::vector<std::uint64_t>& kept = owners_[into];
  std::vector<std::uint64_t> both;
  std::set_union(kept.begin(), kept.end(), moved.begin(), moved.end(), std::back_inserter(both));
  kept = std::move(both);
}

ConstrainedUnion::Outcome ConstrainedUnion::Unite(std::uint32_t a, std::uint32_t b,
                                                  std::uint64_t height) {
  a = unions_.Find(a);
  b = unions_.Find(b);
  if (a == b) return Outcome::kSameAlready;
  if (apart_.Find(a, b) != nullptr || HaveDifferentOwners(a, b)) return Outcome::kForbidden;
  if (std::min(sizes_[a], sizes_[b]) >= kLargeSet) {
    const std::uint64_t* const seen_at = waiting_.Find(a, b);
    if (seen_at == nullptr || *seen_at == height) {
      waiting_.Put(a, b, height);
      return Outcome::kQuarantined;
    }
  }
  const std::uint32_t into = std::min(a, b);
  const std::uint32_t from = std::max(a, b);
  unions_.Unite(a, b);
  sizes_[into] += sizes_[from];
  largest_ = std::max(largest_, sizes_[into]);
  MergeOwners(from, into);
  apart_.Merge(from, into);
  waiting_.Merge(from, into);
  return Outcome::kUnited;
}

std::uint32_t ConstrainedUnion::Pairs::SlotOf(std::uint32_t root) {
  const auto [place, is_new] =
      slot_of_.try_emplace(root, static_cast<std::uint32_t>(others_.size()));
  if (is_new) others_.emplace_back();
  return place->second;
}

void ConstrainedUnion::Pairs::Put(std::uint32_t a, std::uint32_t b, std::uint64_t number) {
  const std::uint32_t slot_a = SlotOf(a);
  const std::uint32_t slot_b = SlotOf(b);
  others_[slot_a].try_emplace(slot_b, number);
  others_[slot_b].try_emplace(slot_a, number);
}

const std::uint64_t* ConstrainedUnion::Pairs::Find(std::uint32_t a, std::uint32_t b) const {
  const auto slot_a = slot_of_.find(a);
  const auto slot_b = slot_of_.find(b);
  if (slot_a == slot_of_.end() || slot_b == slot_of_.end()) return nullptr;
  const auto place = others_[slot_a->second].find(slot_b->second);
  return place == others_[slot_a->second].end() ? nullptr : &place->second;
}

void ConstrainedUnion::Pairs::Merge(std::uint32_t from, std::uint32_t into) {
  const auto place = slot_of_.find(from);
  if (place == slot_of_.end()) return;
  std::uint32_t moved = place->second;
  slot_of_.erase(place);
  const auto [kept_place, is_new] = slot_of_.try_emplace(into, moved);
  if (is_new) return;
  std::uint32_t& kept = kept_place->second;
  if (others_[moved].size() > others_[kept].size()) std::swap(moved, kept);
  const absl::flat_hash_map<std::uint32_t, std::uint64_t> pairs = std::move(others_[moved]);
  others_[moved].clear();
  for (const auto& [other, number] : pairs) {
    others_[other].erase(moved);
    if (other == kept) continue;
    std::uint64_t& there = others_[other].try_emplace(kept, number).first->second;
    there = std::min(there, number);
    others_[kept].insert_or_assign(other, there);
  }
}

}  // namespace coinwake
