#include "cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "coinwake/v1/chain.pb.h"
#include "indexer/base/check.h"
#include "indexer/base/network.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kSatoshiDigits = 8;  // decimals of a bitcoin

void AppendCell(std::string_view text, std::size_t width, Align align, std::string* line) {
  const std::size_t blanks = width - std::min(width, Width(text));
  if (align == Align::kRight) line->append(blanks, ' ');
  *line += text;
  if (align == Align::kLeft) line->append(blanks, ' ');
}

}  // namespace

void Table::Add(std::vector<std::string> cells) {
  COINWAKE_CHECK(cells.size() == columns_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::Render(std::size_t indent) const {
  if (rows_.empty()) return "";
  std::vector<std::size_t> widths(columns_.size());
  Fit(&widths);
  return Lines(widths, /*with_titles=*/true, indent);
}

std::string Table::RenderNext() {
  if (rows_.empty()) return "";
  const bool is_first = widths_.empty();
  widths_.resize(columns_.size());
  Fit(&widths_);
  std::string text = Lines(widths_, is_first, /*indent=*/0);
  rows_.clear();
  return text;
}

void Table::Fit(std::vector<std::size_t>* widths) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t& width = (*widths)[i];
    width = std::max(width, Width(columns_[i].title));
    for (const auto& row : rows_) width = std::max(width, Width(row[i]));
  }
}

std::string Table::Lines(const std::vector<std::size_t>& widths, bool with_titles,
                         std::size_t indent) const {
  std::string text;
  const auto append_row = [&](const std::vector<std::string>& row) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      AppendCell(row[i], widths[i], columns_[i].align, &line);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  if (with_titles) {
    std::vector<std::string> titles;
    for (const Column& column : columns_) titles.push_back(column.title);
    append_row(titles);
  }
  for (const auto& row : rows_) append_row(row);
  return text;
}

void Facts::Add(std::string name, std::string_view value) {
  facts_.emplace_back(std::move(name), Printable(value));
}

std::string Facts::Render() const {
  std::size_t width = 0;
  for (const auto& [name, value] : facts_) width = std::max(width, Width(name));
  std::string text;
  for (const auto& [name, value] : facts_) {
    AppendCell(name, width + 2, Align::kLeft, &text);
    text += value + '\n';
  }
  return text;
}

std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string Grouped(std::string_view number) {
  const std::size_t whole = std::min(number.find('.'), number.size());
  std::string text;
  for (std::size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) text += ',';
    text += number[i];
  }
  text += number.substr(whole);
  return text;
}

std::string Grouped(std::uint64_t number) { return Grouped(std::to_string(number)); }

std::string Btc(std::string_view satoshi) {
  const std::size_t point = std::min(satoshi.find('.'), satoshi.size());
  std::string digits(satoshi.substr(0, point));
  if (digits.size() <= kSatoshiDigits) digits.insert(0, kSatoshiDigits + 1 - digits.size(), '0');
  const std::size_t whole = digits.size() - kSatoshiDigits;
  std::string text = Grouped(std::string_view(digits).substr(0, whole));
  text += '.';
  text += digits.substr(whole);
  if (point < satoshi.size()) text += satoshi.substr(point + 1);
  return text;
}

std::string Short(std::string_view hash) { return ShortName(hash, 17); }

std::string ShortName(std::string_view name, std::size_t most) {
  if (name.size() <= most) return std::string(name);
  const std::size_t tail = (most - 1) / 2;
  return fmt::format("{}…{}", name.substr(0, most - 1 - tail), name.substr(name.size() - tail));
}

std::string Time(std::int64_t unix_seconds) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(unix_seconds),
                          absl::UTCTimeZone());
}

std::string Count(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", Grouped(count), singular, count == 1 ? "" : "s");
}

bool HasAccounts(std::string_view network) {
  const std::optional<Network> known = ParseNetwork(network);
  return known.has_value() && ChainOf(*known) == Chain::kTron;
}

std::string Header(const v1::Snapshot& snapshot) {
  std::string line =
      fmt::format("{}, heights {} to {}, tip {}\n", snapshot.network(), snapshot.from_height(),
                  snapshot.height(), Short(snapshot.block_hash()));
  if (!snapshot.complete_history()) {
    line += fmt::format("a window: nothing before height {} is known\n", snapshot.from_height());
  }
  if (!snapshot.receipts().empty() && snapshot.receipts() != "complete") {
    line += fmt::format("receipts: {}; what only they tell is missing\n", snapshot.receipts());
  }
  return line;
}

}  // namespace coinwake::cli
