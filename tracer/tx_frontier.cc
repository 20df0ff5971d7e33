#include "tracer/tx_frontier.h"

#include <bit>
#include <utility>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

// Passed pages kept for reuse; more are given back.
constexpr std::size_t kSparePages = 64;

}  // namespace

TxFrontier::TxFrontier(std::uint64_t transactions_count)
    : pages_((transactions_count >> kPageBits) + 1), used_pages_(pages_.size() / 64 + 1) {}

TxFrontier::Page& TxFrontier::MakePage(TxNum tx) {
  const std::uint64_t page = tx.value >> kPageBits;
  COINWAKE_DCHECK(page < pages_.size() && page >= current_page_);
  if (spare_.empty()) {
    pages_[page] = std::make_unique<Page>();
  } else {
    pages_[page] = std::move(spare_.back());
    spare_.pop_back();
  }
  used_pages_[page / 64] |= std::uint64_t{1} << (page % 64);
  return *pages_[page];
}

std::optional<TxNum> TxFrontier::Peek() {
  const std::uint64_t found = FindFrom(scanned_);
  if (found == kNone) return std::nullopt;
  scanned_ = found;
  return TxNum{found};
}

void TxFrontier::Pop() {
  const std::uint64_t tx = scanned_;
  const std::uint64_t page = tx >> kPageBits;
  COINWAKE_DCHECK(pages_[page] != nullptr);
  WordOf(*pages_[page], TxNum{tx}) &= ~(std::uint64_t{1} << (tx % kWordBits));
  scanned_ = tx + 1;
  if (page != current_page_) {
    DropPage(current_page_);
    current_page_ = page;
  }
}

void TxFrontier::Restart() {
  DropPage(current_page_);
  scanned_ = 0;
  current_page_ = 0;
}

void TxFrontier::DropPage(std::uint64_t page) {
  if (pages_[page] == nullptr) return;
  used_pages_[page / 64] &= ~(std::uint64_t{1} << (page % 64));
  // Every bit of a passed page has been popped, so it is all zero and ready for reuse.
  if (spare_.size() < kSparePages) spare_.push_back(std::move(pages_[page]));
  pages_[page].reset();
}

std::optional<TxNum> TxFrontier::PeekNear(TxNum from) const {
  if ((from.value >> kPageBits) >= pages_.size()) return std::nullopt;
  const std::uint64_t found = FindInPage(from.value);
  return found == kNone ? std::nullopt : std::optional(TxNum{found});
}

std::uint64_t TxFrontier::FindInPage(std::uint64_t from) const {
  const std::uint64_t page = from >> kPageBits;
  if (pages_[page] == nullptr) return kNone;
  const Page& words = *pages_[page];
  std::uint64_t word = (from / 64) % kWordsCount;
  std::uint64_t bits = words[word] & (~std::uint64_t{0} << (from % 64));
  while (bits == 0) {
    if (++word == kWordsCount) return kNone;
    bits = words[word];
  }
  return (page << kPageBits) + word * 64 + static_cast<std::uint64_t>(std::countr_zero(bits));
}

std::uint64_t TxFrontier::FindFrom(std::uint64_t from) const {
  std::uint64_t page = from >> kPageBits;
  while (page < pages_.size()) {
    const std::uint64_t found = FindInPage(from);
    if (found != kNone) return found;
    // On to the next page that exists.
    ++page;
    std::uint64_t group = page / 64;
    if (group >= used_pages_.size()) return kNone;
    std::uint64_t used = used_pages_[group] & (~std::uint64_t{0} << (page % 64));
    while (used == 0 && ++group < used_pages_.size()) used = used_pages_[group];
    if (used == 0) return kNone;
    page = group * 64 + static_cast<std::uint64_t>(std::countr_zero(used));
    from = page << kPageBits;
  }
  return kNone;
}

}  // namespace coinwake
