// Lists of an address, which can be long, as tables that are printed a page at a time.
#ifndef COINWAKE_CLI_LIST_TABLE_H_
#define COINWAKE_CLI_LIST_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "cli/legend.h"
#include "cli/options.h"
#include "cli/session.h"
#include "cli/table.h"
#include "indexer/base/status.h"

namespace coinwake::v1 {
class ListHistoryResponse;
class ListLabelRevisionsResponse;
class ListLabelsResponse;
class ListUnspentResponse;
}  // namespace coinwake::v1

namespace coinwake::cli {

class HistoryTable {
 public:
  // Of an address on `network`, by name.
  explicit HistoryTable(std::string_view network);
  // The text of the next page; the first has the header. Columns only grow wider.
  std::string Next(const v1::ListHistoryResponse& page);
  // What stands below the last page.
  std::string End() const { return legend_.Render(); }

 private:
  const bool accounts_;
  bool begun_ = false;
  Table table_;
  Legend legend_;
};

// As HistoryTable.
class UnspentTable {
 public:
  UnspentTable();
  std::string Next(const v1::ListUnspentResponse& page);
  std::string End() const { return any_ ? "" : "nothing unspent\n"; }

 private:
  bool begun_ = false;
  bool any_ = false;
  Table table_;
};

// As HistoryTable.
class LabelTable {
 public:
  LabelTable();
  std::string Next(const v1::ListLabelsResponse& page);
  std::string End() const { return any_ ? "" : "no labels\n"; }

 private:
  bool begun_ = false;
  bool any_ = false;
  Table table_;
};

// As HistoryTable.
class LabelRevisionTable {
 public:
  LabelRevisionTable();
  std::string Next(const v1::ListLabelRevisionsResponse& page);
  std::string End() const { return any_ ? "" : "no revisions\n"; }

 private:
  bool any_ = false;
  Table table_;
};

// Asks for one page after another, from that of `request` on, and hands each to `take`, so that a
// long list is never in memory whole. ask(request, &page) and take(&page) return a status; the
// first that is not OK ends it.
template <typename Page, typename Request, typename Ask, typename Take>
absl::Status ForEachPage(Request request, const Ask& ask, const Take& take) {
  for (;;) {
    Page page;
    COINWAKE_RETURN_IF_ERROR(ask(request, &page));
    request.set_page_token(page.next_page_token());
    COINWAKE_RETURN_IF_ERROR(take(&page));
    if (request.page_token().empty()) return absl::OkStatus();
  }
}

// What of a list is in memory at once: 50,000 entries are about 50 MB, and an address with millions
// is not read from its beginning all too often.
inline constexpr std::uint32_t kEntriesAtOnce = 50'000;

// Hands to `take` the page that `asked` says, and says on stderr how to go on; or else all that
// follows, page by page.
template <typename Page, typename Request, typename Ask, typename Take>
absl::Status TakePages(const Session& session, const PageOptions& asked, Request request,
                       const Ask& ask, const Take& take) {
  request.set_page_size(asked.limit.value_or(kEntriesAtOnce));
  request.set_page_token(asked.page);
  if (!asked.limit.has_value()) return ForEachPage<Page>(std::move(request), ask, take);
  Page page;
  absl::Status status = ask(request, &page);
  if (status.ok()) status = take(&page);
  if (!page.next_page_token().empty()) {
    session.Warn("more entries follow: --page " + page.next_page_token());
  }
  return status;
}

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_LIST_TABLE_H_
