// labels import, list, export, history, remove.
#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/list_table.h"
#include "cli/print_answer.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/labels.pb.h"
#include "indexer/base/hash.h"
#include "indexer/base/utf8.h"
#include "labels/label_address.h"
#include "labels/label_csv.h"
#include "labels/label_store.h"
#include "labels/tag_pack_writer.h"
#include "server/label_answers.h"
#include "server/page_token.h"

namespace coinwake::cli {
namespace {

// Of one folder. Lists come in dozens.
constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kMaxFileNames = 1024;  // bytes of the names of one version's files

std::int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct InputFile {
  std::string path;
  bool named = false;  // on the command line, not met in a folder
};

// The file's own name as valid UTF-8, the same whether it is packed or not.
std::string NameOf(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return ValidUtf8(name);
}

// The files in the order named; those of a folder by name. Folders in folders are passed over.
absl::StatusOr<std::vector<InputFile>> ListInputs(const Session& session,
                                                  const std::vector<std::string>& paths) {
  std::vector<InputFile> inputs;
  for (const std::string& path : paths) {
    COINWAKE_ASSIGN_OR_RETURN(const PathKind kind, session.files().KindOf(path));
    if (kind != PathKind::kFolder) {
      inputs.push_back({path, true});
      continue;
    }
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> names, session.files().List(path));
    for (const std::string& name : names) {
      if (name.empty() || name[0] == '.') continue;
      const std::string inside = absl::StrCat(path, path.ends_with('/') ? "" : "/", name);
      const absl::StatusOr<PathKind> what = session.files().KindOf(inside);
      if (what.ok() && *what == PathKind::kFile) {
        inputs.push_back({inside, false});
      } else {
        session.Warn(inside + ": no regular file, passed over");
      }
      if (inputs.size() > kMaxFiles) {
        return absl::ResourceExhaustedError(
            absl::StrCat(path, ": more than ", kMaxFiles, " files; name fewer at a time"));
      }
    }
  }
  return inputs;
}

// Opens the labels when the first list is there to be written, so that a command that reads nothing
// leaves nothing.
class Importer {
 public:
  explicit Importer(const Session& session) : session_(session) {}

  absl::Status Import(LabelImport import) {
    // Without a row there is nothing to write.
    if (import.list.labels.empty() && import.list.actors.empty()) {
      AddList({import.list.list, 0, 0, 0, 0}, import.file);
      return absl::OkStatus();
    }
    if (store_ == nullptr) {
      COINWAKE_ASSIGN_OR_RETURN(store_, LabelStore::Open(session_.files(), session_.global().data,
                                                         LabelStore::Mode::kWrite));
    }
    import.time = NowSeconds();
    COINWAKE_ASSIGN_OR_RETURN(const LabelChange change, store_->Import(import));
    AddList(change, import.file);
    return absl::OkStatus();
  }

  void AddRead(const LabelFile& file, const std::string& path) {
    report_.set_read(report_.read() + file.read);
    for (const RejectedRow& row : file.rejected) AddRejected(row, path);
  }
  void AddOpen(const OpenRow& open) {
    report_.set_read(report_.read() + 1);
    AddRejected(open.row, open.path);
  }

  bool any() const { return report_.lists_size() > 0; }

  // With the version of the labels, whether or not anything was written.
  absl::StatusOr<v1::ImportReport> Finish() {
    std::shared_ptr<const LabelStore> labels = std::move(store_);
    if (labels == nullptr) {
      COINWAKE_ASSIGN_OR_RETURN(labels,
                                server::OpenLabels(session_.files(), session_.global().data));
    }
    if (labels != nullptr) report_.set_revision(labels->revisions().size());
    report_.set_label_set(server::LabelSetOf(labels.get()));
    return std::move(report_);
  }

 private:
  void AddRejected(const RejectedRow& row, const std::string& path) {
    v1::RejectedRow* const wire = report_.add_rejected();
    wire->set_row(row.row);
    wire->set_reason(ValidUtf8(row.reason));
    wire->set_file(ValidUtf8(path));
  }
  void AddList(const LabelChange& change, const std::string& file) {
    v1::ImportedList* const wire = report_.add_lists();
    wire->set_list(change.list);
    wire->set_file(file);
    wire->set_imported(change.imported);
    wire->set_unchanged(change.unchanged);
    wire->set_removed(change.removed);
    wire->set_revision(change.revision);
    report_.set_imported(report_.imported() + change.imported);
    report_.set_unchanged(report_.unchanged() + change.unchanged);
    report_.set_removed(report_.removed() + change.removed);
  }

  const Session& session_;
  std::unique_ptr<LabelStore> store_;
  v1::ImportReport report_;
};

// Appends a file's list to a version that several files make, whose hash is that of the first and
// then, with each further one, that of the hash so far and its own.
void Append(LabelImport from, LabelImport* to) {
  const bool is_first = to->file.empty();
  if (to->list.list.empty()) to->list.list = from.list.list;
  const auto move_all = [](auto& source, auto& target) {
    std::move(source.begin(), source.end(), std::back_inserter(target));
  };
  move_all(from.list.labels, to->list.labels);
  move_all(from.list.actors, to->list.actors);
  to->list.rejected += from.list.rejected;
  if (to->file.size() < kMaxFileNames) {
    absl::StrAppend(&to->file, to->file.empty() ? "" : " ", from.file);
  }
  if (is_first) {
    to->file_sha256 = from.file_sha256;
    return;
  }
  std::vector<std::uint8_t> both(to->file_sha256.bytes.begin(), to->file_sha256.bytes.end());
  both.insert(both.end(), from.file_sha256.bytes.begin(), from.file_sha256.bytes.end());
  to->file_sha256 = Sha256(both);
}

// What is wrong with a file is no fault of the command line.
absl::Status OfTheData(const absl::Status& status, bool any_imported) {
  const std::string message = absl::StrCat(
      std::string(status.message()), any_imported ? "; the files before it are imported" : "");
  return absl::IsInvalidArgument(status) ? absl::DataLossError(message)
                                         : absl::Status(status.code(), message);
}

class ImportRun {
 public:
  ImportRun(const Session& session, LabelReadOptions options)
      : importer_(session), session_(session), options_(std::move(options)) {
    together_.list.list = options_.list;
    options_.comments_later = true;
  }

  absl::Status Take(const InputFile& input) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                              ReadWhole(session_.files(), input.path, kMaxLabelFileBytes));
    options_.path = input.path;
    absl::StatusOr<LabelFile> file = ReadLabelFile(bytes, options_, &entries_);
    // One list of which a file is missing would lose what that file says.
    const bool all_needed = input.named || !options_.list.empty();
    if (absl::IsNotFound(file.status()) ? !input.named : !file.ok() && !all_needed) {
      PassOver(file.status());
      return absl::OkStatus();
    }
    if (!file.ok()) return Stop(file.status());
    if (file->sdn_part == SdnPart::kComments && options_.comments_later) {
      comments_.push_back(input);
      return absl::OkStatus();
    }
    if (file->bare_list && !options_.label_class.has_value()) {
      session_.Warn(
          input.path +
          ": nothing but addresses; taken for an extract of a sanctions list, --class says "
          "else");
    }
    if (file->sdn_part == SdnPart::kComments) ++comments_read_;
    importer_.AddRead(*file, input.path);
    return TakeLists(*std::move(file), NameOf(input.path), Sha256(bytes));
  }

  // Imports what is still to be imported. Once, after the last file.
  absl::StatusOr<v1::ImportReport> Finish() {
    options_.comments_later = false;
    for (const InputFile& input : comments_) COINWAKE_RETURN_IF_ERROR(Take(input));
    for (const OpenRow& open : TakeOpenRows(&entries_)) {
      importer_.AddOpen(open);
      ++(options_.list.empty() ? ofac_ : together_).list.rejected;
    }
    COINWAKE_RETURN_IF_ERROR(ImportOfac());
    if (!options_.list.empty()) {
      together_.open_sources = SourcesWithoutComments();
      COINWAKE_RETURN_IF_ERROR(importer_.Import(std::move(together_)));
    }
    return importer_.Finish();
  }

  // After Finish(): what of the lists is missing, though all else is imported.
  absl::Status Missing(const v1::ImportReport& report) const {
    if (unread_ > 0) {
      return absl::DataLossError(
          absl::StrCat(unread_, unread_ == 1 ? " list" : " lists",
                       " of labels cannot be read, as said above; all other files are imported"));
    }
    if (report.rejected_size() == 0 || report.imported() + report.unchanged() > 0) {
      return absl::OkStatus();
    }
    return absl::DataLossError("every row was rejected: nothing is imported");
  }

 private:
  absl::Status TakeLists(LabelFile file, const std::string& name, const Hash256& sha256) {
    for (LabelList& list : file.lists) {
      LabelImport import{std::move(list), name, sha256, 0, {}};
      if (!options_.list.empty()) {
        Append(std::move(import), &together_);
      } else if (file.sdn_part != SdnPart::kNone) {
        Append(std::move(import), &ofac_);
      } else {
        COINWAKE_RETURN_IF_ERROR(importer_.Import(std::move(import)));
      }
      if (std::max(together_.list.labels.size(), ofac_.list.labels.size()) > kMaxListRows) {
        return absl::ResourceExhaustedError(absl::StrCat(
            "more than ", kMaxListRows, " rows in one list; give the files lists of their own"));
      }
    }
    return absl::OkStatus();
  }

  // Of entries whose remarks may go on in comments that are not there.
  std::set<std::string> SourcesWithoutComments() const {
    if (!comments_.empty() && comments_read_ == comments_.size()) return {};
    std::set<std::string> sources = OpenSources(entries_);
    if (!sources.empty()) {
      session_.Warn(absl::StrCat("the remarks of ", sources.size(),
                                 " of OFAC's entries have no end; without sdn_comments.csv nothing "
                                 "that was known of them is removed"));
    }
    return sources;
  }

  // Remarks and the comments they go on in are one version of a list.
  absl::Status ImportOfac() {
    if (ofac_.list.list.empty()) return absl::OkStatus();
    ofac_.open_sources = SourcesWithoutComments();
    return importer_.Import(std::exchange(ofac_, {}));
  }

  // Of a file met in a folder: one that is no list of labels belongs there, one that is and cannot
  // be read is told in the end.
  void PassOver(const absl::Status& status) {
    session_.Warn(absl::StrCat(std::string(status.message()), "; passed over"));
    if (!absl::IsNotFound(status)) ++unread_;
  }

  // Of a file that cannot be read: those before it are imported, unless they make one list with it.
  absl::Status Stop(const absl::Status& status) {
    COINWAKE_RETURN_IF_ERROR(ImportOfac());
    return OfTheData(status, importer_.any());
  }

  Importer importer_;
  const Session& session_;
  LabelReadOptions options_;
  std::size_t unread_ = 0;  // lists of labels, of folders
  SdnEntries entries_;
  std::vector<InputFile> comments_;  // sdn_comments.csv: sdn.csv goes first
  std::size_t comments_read_ = 0;
  LabelImport ofac_;      // what sdn.csv and sdn_comments.csv say
  LabelImport together_;  // what --list names
};

// Labels as they are in their lists, nothing added from actors.
absl::StatusOr<std::vector<LabelQuery>> ExportQueries(const LabelStore& labels,
                                                      const v1::ListLabelsRequest& request) {
  COINWAKE_ASSIGN_OR_RETURN(std::vector<LabelQuery> queries,
                            server::LabelQueriesOf(&labels, request));
  for (LabelQuery& query : queries) query.resolve_actors = false;
  return queries;
}

// Calls `take` with each label of `query`.
template <typename Take>
absl::Status ForEachLabel(const LabelStore& labels, const LabelQuery& query, const Take& take) {
  const std::unique_ptr<LabelCursor> cursor = labels.Find(query);
  KnownLabel known;
  for (;;) {
    COINWAKE_ASSIGN_OR_RETURN(const bool found, cursor->Next(&known));
    if (!found) return absl::OkStatus();
    take(known);
  }
}

absl::Status ExportPacks(const Session& session, const LabelStore& labels,
                         const LabelQuery& query) {
  for (const std::string& list : labels.lists()) {
    if (query.list.has_value() && *query.list != list) continue;
    LabelQuery of_list = query;
    of_list.list = list;
    std::optional<std::string> creator;
    bool one_creator = true;
    COINWAKE_RETURN_IF_ERROR(ForEachLabel(labels, of_list, [&](const KnownLabel& known) {
      if (!creator.has_value()) creator = known.label.creator;
      one_creator = one_creator && *creator == known.label.creator;
    }));
    TagPackWriter writer(list, one_creator ? creator.value_or("") : "");
    COINWAKE_RETURN_IF_ERROR(ForEachLabel(
        labels, of_list, [&](const KnownLabel& known) { session.Print(writer.Tag(known.label)); }));
    TagPackWriter actors(list, one_creator ? creator.value_or("") : "");
    for (const Actor& actor : labels.ActorsOf(list, query.moment.revision)) {
      session.Print(actors.ActorEntry(actor));
    }
  }
  return absl::OkStatus();
}

// CSV has no form for them.
void WarnOfActors(const Session& session, const LabelStore& labels, const LabelQuery& query) {
  std::size_t actors = 0;
  for (const std::string& list : labels.lists()) {
    if (query.list.has_value() && *query.list != list) continue;
    actors += labels.ActorsOf(list, query.moment.revision).size();
  }
  if (actors == 0) return;
  session.Warn(absl::StrCat(actors, actors == 1 ? " entry" : " entries",
                            " of ActorPacks left out: CSV has labels alone, --format tagpack has "
                            "them too"));
}

// kNotFound: `list` is not empty, and no list of that name was ever imported.
absl::Status CheckList(const LabelStore* labels, const std::string& list) {
  if (labels == nullptr || list.empty()) return absl::OkStatus();
  return labels->CheckList(list);
}

// An empty answer may also come from the wrong folder.
void WarnWithoutLabels(const Session& session, const LabelStore* labels) {
  if (labels != nullptr && !labels->revisions().empty()) return;
  session.Warn(absl::StrCat("no labels were ever imported into ", session.global().data,
                            "; `coinwake labels import FILE` does"));
}

}  // namespace

absl::Status Run(const Session& session, const LabelsImportCommand& command) {
  LabelReadOptions options;
  COINWAKE_ASSIGN_OR_RETURN(options.network, session.AskedNetwork());
  options.list = command.list;
  if (!command.label_class.empty()) {
    options.label_class = ParseLabelClass(command.label_class);
    if (!options.label_class.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--class: ", QuotedText(command.label_class),
                       " is not service, seller, advertisement, sanction or other"));
    }
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<InputFile> inputs,
                            ListInputs(session, command.paths));
  ImportRun run(session, std::move(options));
  for (const InputFile& input : inputs) COINWAKE_RETURN_IF_ERROR(run.Take(input));
  COINWAKE_ASSIGN_OR_RETURN(const v1::ImportReport report, run.Finish());
  COINWAKE_RETURN_IF_ERROR(PrintAnswer(session, report));
  return run.Missing(report);
}

absl::Status Run(const Session& session, const LabelsListCommand& command) {
  v1::ListLabelsRequest request;
  request.set_network(session.global().network);
  request.set_address(command.address);
  request.set_list(command.list);
  request.set_as_of(command.as_of);
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const LabelStore> labels,
                            server::OpenLabels(session.files(), session.global().data));
  LabelTable table;
  const auto take = [&](v1::ListLabelsResponse* page) {
    if (session.json()) {
      for (v1::Label& label : *page->mutable_labels()) {
        label.set_label_set(page->label_set());
        session.PrintJson(label);
      }
    } else {
      session.Print(table.Next(*page));
    }
    return absl::OkStatus();
  };
  const auto ask = [&labels](const v1::ListLabelsRequest& page, v1::ListLabelsResponse* answer) {
    return server::AnswerLabels(labels.get(), page, server::kWholeList, /*cancellation=*/nullptr,
                                answer);
  };
  COINWAKE_RETURN_IF_ERROR(CheckList(labels.get(), command.list));
  COINWAKE_RETURN_IF_ERROR(
      TakePages<v1::ListLabelsResponse>(session, command.page, std::move(request), ask, take));
  if (!session.json()) session.Print(table.End());
  WarnWithoutLabels(session, labels.get());
  return absl::OkStatus();
}

absl::Status Run(const Session& session, const LabelsHistoryCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const LabelStore> labels,
                            server::OpenLabels(session.files(), session.global().data));
  COINWAKE_RETURN_IF_ERROR(CheckList(labels.get(), command.list));
  v1::ListLabelRevisionsRequest request;
  request.set_list(command.list);
  LabelRevisionTable table;
  const auto take = [&](v1::ListLabelRevisionsResponse* page) {
    if (session.json()) {
      for (const v1::LabelRevision& revision : page->revisions()) session.PrintJson(revision);
    } else {
      session.Print(table.Next(*page));
    }
    return absl::OkStatus();
  };
  const auto ask = [&labels](const v1::ListLabelRevisionsRequest& page,
                             v1::ListLabelRevisionsResponse* answer) {
    return server::AnswerLabelRevisions(labels.get(), page, server::kWholeList, answer);
  };
  COINWAKE_RETURN_IF_ERROR(TakePages<v1::ListLabelRevisionsResponse>(
      session, command.page, std::move(request), ask, take));
  if (!session.json()) session.Print(table.End());
  WarnWithoutLabels(session, labels.get());
  return absl::OkStatus();
}

absl::Status Run(const Session& session, const LabelsExportCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(
      const std::unique_ptr<LabelStore> labels,
      LabelStore::Open(session.files(), session.global().data, LabelStore::Mode::kRead));
  v1::ListLabelsRequest request;
  request.set_network(session.global().network);
  request.set_list(command.list);
  request.set_as_of(command.as_of);
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<LabelQuery> queries, ExportQueries(*labels, request));
  COINWAKE_RETURN_IF_ERROR(CheckList(labels.get(), command.list));
  if (command.format == "tagpack") return ExportPacks(session, *labels, queries.front());
  WarnOfActors(session, *labels, queries.front());
  session.Print(LabelCsvHeader());
  return ForEachLabel(*labels, queries.front(), [&](const KnownLabel& known) {
    session.Print(LabelCsvLine(known.label, known.list));
  });
}

absl::Status Run(const Session& session, const LabelsRemoveCommand& command) {
  if (command.list.empty() == command.address.empty()) {
    return absl::InvalidArgumentError("labels remove takes --list NAME or --address ADDR");
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network, session.AskedNetwork());
  std::optional<LabelAddress> address;
  if (!command.address.empty()) {
    COINWAKE_ASSIGN_OR_RETURN(address, ParseLabelAddress(command.address, network));
  }
  COINWAKE_ASSIGN_OR_RETURN(
      const std::unique_ptr<LabelStore> labels,
      LabelStore::Open(session.files(), session.global().data, LabelStore::Mode::kRead));
  std::optional<std::string> name;
  if (!command.label.empty()) name = command.label;
  COINWAKE_ASSIGN_OR_RETURN(
      const LabelChange change,
      address.has_value()
          ? labels->RemoveAddress(address->network, address->bytes, name, NowSeconds())
          : labels->RemoveList(command.list, NowSeconds()));
  v1::RemovalReport report;
  report.set_removed(change.removed);
  report.set_revision(change.revision);
  report.set_label_set(labels->Version());
  return PrintAnswer(session, report);
}

}  // namespace coinwake::cli
