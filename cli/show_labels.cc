// Labels for people.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/list_table.h"
#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/labels.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

// Rejected rows that a table shows; --json has them all.
constexpr int kMaxRejectedShown = 20;
constexpr std::size_t kSourceWidth = 40;

std::string Confidence(const v1::Label& label) {
  return label.has_confidence() ? fmt::format("{:.2f}", label.confidence()) : "not said";
}

// What kind of claim it is: its class, with the list's own word for it where that says more, and
// the days it holds for where it is not for all.
std::string Kind(const v1::Label& label) {
  std::string kind = label.class_();
  if (!label.category().empty() && label.category() != label.class_()) {
    kind += ", " + label.category();
  }
  if (!label.valid_from().empty()) kind += ", since " + label.valid_from();
  if (!label.valid_to().empty()) kind += ", until " + label.valid_to();
  return kind;
}

std::string Actor(const v1::Label& label) {
  return label.actor_name().empty() ? label.actor() : label.actor_name();
}

std::string Source(const v1::Label& label) {
  return ShortName(label.source().empty() ? label.list() : label.source(), kSourceWidth);
}

}  // namespace

std::string ShowLabels(const google::protobuf::RepeatedPtrField<v1::Label>& labels,
                       std::uint64_t count) {
  Table table({{"label"}, {"says"}, {"of"}, {"confidence"}, {"source"}});
  for (const v1::Label& label : labels) {
    table.Add({label.label(), Kind(label), Actor(label), Confidence(label), Source(label)});
  }
  if (table.empty()) return "";
  std::string text = "\n" + table.Render();
  const auto shown = static_cast<std::uint64_t>(labels.size());
  if (count > shown) text += fmt::format("and {} more, which say less\n", Grouped(count - shown));
  return text;
}

std::string Show(const v1::ImportReport& report) {
  std::string text;
  Table lists({{"list"},
               {"new", Align::kRight},
               {"unchanged", Align::kRight},
               {"removed", Align::kRight},
               {"revision", Align::kRight}});
  for (const v1::ImportedList& list : report.lists()) {
    lists.Add({list.list(), Grouped(list.imported()), Grouped(list.unchanged()),
               Grouped(list.removed()),
               list.revision() == 0 ? "nothing changed" : std::to_string(list.revision())});
  }
  text += lists.Render();
  if (report.rejected_size() > 0) {
    text += fmt::format("{}{} rejected:\n", text.empty() ? "" : "\n",
                        Count(static_cast<std::uint64_t>(report.rejected_size()), "row"));
  }
  for (int i = 0; i < report.rejected_size() && i < kMaxRejectedShown; ++i) {
    const v1::RejectedRow& row = report.rejected(i);
    text += fmt::format("  {}:{}: {}\n", Printable(row.file()), row.row(), Printable(row.reason()));
  }
  if (report.rejected_size() > kMaxRejectedShown) {
    text += fmt::format("  and {} more; --json lists all\n",
                        report.rejected_size() - kMaxRejectedShown);
  }
  text += fmt::format(
      "\nread {}, imported {}, unchanged {}, rejected {}; removed {}\n", Grouped(report.read()),
      Grouped(report.imported()), Grouped(report.unchanged()),
      Grouped(static_cast<std::uint64_t>(report.rejected_size())), Grouped(report.removed()));
  if (!report.label_set().empty()) text += fmt::format("label set {}\n", report.label_set());
  return text;
}

std::string Show(const v1::RemovalReport& report) {
  return fmt::format("{} removed; label set {}\n", Count(report.removed(), "label"),
                     report.label_set());
}

LabelTable::LabelTable()
    : table_({{"address"}, {"label"}, {"says"}, {"of"}, {"confidence"}, {"source"}}) {}

std::string LabelTable::Next(const v1::ListLabelsResponse& page) {
  for (const v1::Label& label : page.labels()) {
    table_.Add({ShortName(label.address()), label.label(), Kind(label), Actor(label),
                Confidence(label), Source(label)});
    any_ = true;
  }
  std::string text;
  if (!begun_ && !page.label_set().empty())
    text = fmt::format("label set {}\n\n", page.label_set());
  begun_ = true;
  return text + table_.RenderNext();
}

LabelRevisionTable::LabelRevisionTable()
    : table_({{"revision", Align::kRight},
              {"time"},
              {"what"},
              {"list"},
              {"file"},
              {"SHA-256"},
              {"new", Align::kRight},
              {"unchanged", Align::kRight},
              {"removed", Align::kRight},
              {"rejected", Align::kRight}}) {}

std::string LabelRevisionTable::Next(const v1::ListLabelRevisionsResponse& page) {
  for (const v1::LabelRevision& revision : page.revisions()) {
    table_.Add({std::to_string(revision.revision()), Time(revision.time()), revision.kind(),
                ShortName(revision.list(), kSourceWidth), ShortName(revision.file(), kSourceWidth),
                Short(revision.file_sha256()), Grouped(revision.imported()),
                Grouped(revision.unchanged()), Grouped(revision.removed()),
                Grouped(revision.rejected())});
    any_ = true;
  }
  return table_.RenderNext();
}

}  // namespace coinwake::cli
