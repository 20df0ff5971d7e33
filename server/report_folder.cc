#include "server/report_folder.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "reports/csv_table.h"
#include "reports/folder_name.h"
#include "reports/html_page.h"
#include "reports/report_file.h"
#include "server/json.h"
#include "server/names.h"
#include "server/report_answers.h"
#include "server/report_manifest.h"
#include "server/report_tables.h"

namespace coinwake::server {
namespace {

constexpr char kPageName[] = "index.html";
constexpr char kSellersFolder[] = "sellers";
// What the page says of any seller.
constexpr char kMeaning[] =
    "A seller address is one that an advertisement names. Nothing here says who owns an address or "
    "what was bought. A policy is a convention: beside its figures stands what no policy can "
    "leave.";
constexpr std::size_t kSummaryTable = kReportTables - 1;

// What failed on the disk, and what helps.
absl::Status OnDisk(const absl::Status& status) {
  if (!absl::IsUnavailable(status) && !absl::IsNotFound(status)) return status;
  return absl::UnavailableError(absl::StrCat(
      std::string(status.message()),
      "; sellers that are complete are kept: make room or the folder writable, or name another "
      "--out, and run the same again"));
}
template <typename Value>
absl::StatusOr<Value> OnDisk(absl::StatusOr<Value> value) {
  if (!value.ok()) return OnDisk(value.status());
  return value;
}

// A table in work: its two files, and what the page shows of it.
class TableFiles {
 public:
  static absl::StatusOr<std::unique_ptr<TableFiles>> Create(FileSystem& files,
                                                            const std::string& folder,
                                                            const ReportTable& table) {
    auto made = std::make_unique<TableFiles>();
    COINWAKE_ASSIGN_OR_RETURN(made->csv_, ReportFile::Create(files, folder, table.name + ".csv"));
    COINWAKE_ASSIGN_OR_RETURN(made->json_, ReportFile::Create(files, folder, table.name + ".json"));
    COINWAKE_RETURN_IF_ERROR(made->csv_->Append(CsvLine(table.header)));
    made->page_ = {table.title, table.name + ".csv", table.header, {}, 0};
    return made;
  }

  absl::Status Add(const std::vector<TableRow>& rows, std::string_view json_line) {
    for (const TableRow& row : rows) {
      COINWAKE_RETURN_IF_ERROR(csv_->Append(CsvLine(row)));
      if (page_.rows.size() < kMostPageRows) page_.rows.push_back(row);
      ++page_.rows_count;
    }
    return json_->Append(json_line);
  }

  absl::Status Finish(v1::ReportManifest* manifest) {
    COINWAKE_ASSIGN_OR_RETURN(const WrittenFile csv, csv_->Finish());
    COINWAKE_ASSIGN_OR_RETURN(const WrittenFile json, json_->Finish());
    AddFile(csv, manifest);
    AddFile(json, manifest);
    return absl::OkStatus();
  }

  PageTable TakePage() { return std::move(page_); }

 private:
  std::unique_ptr<ReportFile> csv_;
  std::unique_ptr<ReportFile> json_;
  PageTable page_;
};

std::vector<std::string> ParagraphsOf(const v1::ReportSummary& summary) {
  const v1::Snapshot& snapshot = summary.snapshot();
  std::vector<std::string> paragraphs = {
      absl::StrCat(snapshot.network(), ", heights ", snapshot.from_height(), " to ",
                   snapshot.height(), ", tip ", snapshot.block_hash(), ", labels ",
                   snapshot.label_set().empty() ? "none" : snapshot.label_set()),
      absl::StrCat("Of ", summary.asset(), ", in base units; holders and exits by the policy ",
                   summary.policy(), "."),
      absl::StrCat("Seeded ", summary.seeded(), ": unspent ", summary.unspent(), ", exits ",
                   summary.exits(), ", sinks ", summary.sinks(), ". Receipts: ", summary.receipts(),
                   "."),
      kMeaning, "This report is not signed; manifest.json has the SHA-256 of its files."};
  for (const std::string& warning : summary.warnings()) paragraphs.push_back(warning);
  return paragraphs;
}

// The folder of one seller, made anew.
class SellerFolder {
 public:
  SellerFolder(FileSystem& files, std::string folder, v1::ReportManifest manifest)
      : files_(files), folder_(std::move(folder)), manifest_(std::move(manifest)) {}

  absl::Status Begin() {
    COINWAKE_RETURN_IF_ERROR(CreateFoldersDurably(files_, folder_));
    for (std::size_t i = 0; i < kReportTables; ++i) {
      COINWAKE_ASSIGN_OR_RETURN(tables_[i], TableFiles::Create(files_, folder_, ReportTables()[i]));
    }
    return absl::OkStatus();
  }

  absl::Status Add(const v1::ReportEntry& entry) {
    FillRows(entry, manifest_.parameters().asset(), manifest_.parameters().policy(), &rows_);
    if (entry.has_summary()) summary_ = entry.summary();
    return tables_[TableOf(entry)]->Add(rows_, JsonLineOf(entry));
  }

  absl::Status Finish() {
    Page page{
        .title = "Seller " + summary_.seller(), .paragraphs = ParagraphsOf(summary_), .tables = {}};
    for (const auto& table : tables_) {
      COINWAKE_RETURN_IF_ERROR(table->Finish(&manifest_));
      page.tables.push_back(table->TakePage());
    }
    page.tables.pop_back();  // the summary's row: its paragraphs say the same
    COINWAKE_ASSIGN_OR_RETURN(const WrittenFile written,
                              WriteReportFile(files_, folder_, kPageName, RenderPage(page)));
    AddFile(written, &manifest_);
    COINWAKE_RETURN_IF_ERROR(files_.SyncFolder(folder_));
    COINWAKE_RETURN_IF_ERROR(
        WriteReportFile(files_, folder_, kManifestName, ToJson(manifest_) + "\n").status());
    return files_.SyncFolder(folder_);
  }

  const v1::ReportSummary& summary() const { return summary_; }

 private:
  FileSystem& files_;
  const std::string folder_;
  v1::ReportManifest manifest_;
  std::array<std::unique_ptr<TableFiles>, kReportTables> tables_;
  std::vector<TableRow> rows_;  // scratch
  v1::ReportSummary summary_;
};

// A whole report.
class ReportRun {
 public:
  ReportRun(FileSystem& files, const std::string& out, OpenNetwork& open,
            const v1::ReportRequest& request, const ReportLimits& limits,
            const Cancellation* cancellation, const ReportObserver& observer)
      : files_(files),
        out_(out),
        open_(open),
        request_(request),
        limits_(limits),
        cancellation_(cancellation),
        observer_(observer) {}

  absl::Status Run();

 private:
  enum class Found {
    kNothing,   // no seller's folder, or one that was not finished
    kComplete,  // and of the same
    kOlder,     // of another snapshot, of other seeds, parameters or rules
    kChanged,   // its files are not what its manifest says
  };

  absl::Status Prepare();
  absl::Status CheckIsOurs(const v1::ReportManifest& found, const std::string& path) const;
  absl::Status DropManifest(const std::string& folder);
  absl::StatusOr<Found> Look(const std::string& folder, const v1::ReportManifest& expected,
                             v1::ReportSummary* summary);
  absl::Status Report(const std::string& seller, const std::vector<int>& seeds);
  absl::Status Make(const std::string& seller, const std::vector<int>& seeds,
                    const std::string& folder, const v1::ReportManifest& manifest,
                    v1::ReportSummary* summary);
  absl::Status Finish();
  void TellWhatWasFound() const;
  void Warn(const std::string& text) const {
    if (observer_.warn) observer_.warn(text);
  }

  FileSystem& files_;
  const std::string& out_;
  OpenNetwork& open_;
  const v1::ReportRequest& request_;
  const ReportLimits& limits_;
  const Cancellation* const cancellation_;
  const ReportObserver& observer_;

  std::unique_ptr<FileLock> lock_;
  v1::ReportManifest base_;   // what all manifests have in common
  v1::ReportManifest whole_;  // the report's own
  std::unique_ptr<TableFiles> table_;
  std::map<std::string, std::string> sellers_by_folder_;
  std::map<Found, std::uint64_t> found_;
};

// Nothing of a report that somebody still needs is overwritten.
absl::Status ReportRun::CheckIsOurs(const v1::ReportManifest& found,
                                    const std::string& path) const {
  if (found.format() == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": this is no manifest of a report; name another --out"));
  }
  const std::string name = base_.snapshot().network() + " " + base_.parameters().asset();
  const std::string other = found.snapshot().network() + " " + found.parameters().asset();
  if (name != other) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": there is a report of ", other,
                                                      " here; name another --out for ", name));
  }
  if (found.format() <= kReportFormat) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": a newer version of coinwake made this; name another --out"));
}

absl::Status ReportRun::DropManifest(const std::string& folder) {
  const absl::Status removed = files_.Remove(folder + "/" + kManifestName);
  if (absl::IsNotFound(removed)) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(OnDisk(removed));
  return OnDisk(files_.SyncFolder(folder));
}

absl::Status ReportRun::Prepare() {
  COINWAKE_RETURN_IF_ERROR(FillManifest(open_, request_, &base_));
  COINWAKE_RETURN_IF_ERROR(OnDisk(CreateFoldersDurably(files_, out_ + "/" + kSellersFolder)));
  COINWAKE_ASSIGN_OR_RETURN(lock_, OnDisk(files_.Lock(out_ + "/.lock")));
  const std::string path = out_ + "/" + kManifestName;
  v1::ReportManifest found;
  absl::Status read = ReadJsonFile(files_, path, &found);
  if (absl::IsDataLoss(read)) {
    return absl::FailedPreconditionError(
        absl::StrCat(std::string(read.message()), "; name another --out"));
  }
  if (read.ok()) COINWAKE_RETURN_IF_ERROR(CheckIsOurs(found, path));
  if (!read.ok() && !absl::IsNotFound(read)) return read;
  COINWAKE_RETURN_IF_ERROR(DropManifest(out_));
  whole_ = base_;
  COINWAKE_ASSIGN_OR_RETURN(
      table_, OnDisk(TableFiles::Create(files_, out_, ReportTables()[kSummaryTable])));
  return absl::OkStatus();
}

absl::StatusOr<ReportRun::Found> ReportRun::Look(const std::string& folder,
                                                 const v1::ReportManifest& expected,
                                                 v1::ReportSummary* summary) {
  const std::string path = folder + "/" + kManifestName;
  v1::ReportManifest found;
  const absl::Status read = ReadJsonFile(files_, path, &found);
  if (absl::IsNotFound(read)) return Found::kNothing;
  if (absl::IsDataLoss(read)) return Found::kChanged;
  COINWAKE_RETURN_IF_ERROR(read);
  if (found.format() == 0) return Found::kChanged;
  COINWAKE_RETURN_IF_ERROR(CheckIsOurs(found, path));
  if (!AreOfTheSame(found, expected)) return Found::kOlder;
  COINWAKE_ASSIGN_OR_RETURN(const bool as_listed, FilesAreAsListed(files_, folder, found));
  if (!as_listed || found.files().empty()) return Found::kChanged;
  const absl::Status summed = ReadJsonFile(files_, folder + "/summary.json", summary);
  if (absl::IsDataLoss(summed) || absl::IsNotFound(summed)) return Found::kChanged;
  COINWAKE_RETURN_IF_ERROR(summed);
  return Found::kComplete;
}

absl::Status ReportRun::Make(const std::string& seller, const std::vector<int>& seeds,
                             const std::string& folder, const v1::ReportManifest& manifest,
                             v1::ReportSummary* summary) {
  SellerFolder made(files_, folder, manifest);
  COINWAKE_RETURN_IF_ERROR(OnDisk(made.Begin()));
  COINWAKE_RETURN_IF_ERROR(
      AnswerReport(open_, request_, seller, seeds, limits_, cancellation_,
                   [&made](const v1::ReportEntry& entry) { return OnDisk(made.Add(entry)); }));
  COINWAKE_RETURN_IF_ERROR(DropManifest(folder));  // from here on nothing older is complete
  COINWAKE_RETURN_IF_ERROR(OnDisk(made.Finish()));
  *summary = made.summary();
  return absl::OkStatus();
}

absl::Status ReportRun::Report(const std::string& seller, const std::vector<int>& seeds) {
  const std::string name = FolderNameOf(seller);
  const auto [place, is_new] = sellers_by_folder_.try_emplace(name, seller);
  if (!is_new) {
    return absl::FailedPreconditionError(
        absl::StrCat("the sellers \"", Excerpt(place->second), "\" and \"", Excerpt(seller),
                     "\" have the same folder, ", name, "; give one of them another label"));
  }
  const std::string folder = absl::StrCat(out_, "/", kSellersFolder, "/", name);
  v1::ReportManifest manifest = base_;
  manifest.set_seller(seller);
  for (const int index : seeds) *manifest.add_seeds() = request_.seeds(index);
  v1::ReportEntry entry;
  entry.set_seller(seller);
  v1::ReportSummary* const summary = entry.mutable_summary();
  COINWAKE_ASSIGN_OR_RETURN(const Found found, Look(folder, manifest, summary));
  ++found_[found];
  if (found != Found::kComplete) {
    summary->Clear();
    COINWAKE_RETURN_IF_ERROR(Make(seller, seeds, folder, manifest, summary));
  }
  COINWAKE_RETURN_IF_ERROR(OnDisk(table_->Add({SummaryRow(*summary)}, JsonLineOf(entry))));
  COINWAKE_ASSIGN_OR_RETURN(WrittenFile written, MeasureFile(files_, folder, kManifestName));
  written.name = absl::StrCat(kSellersFolder, "/", name, "/", written.name);
  AddFile(written, &whole_);
  return observer_.report ? observer_.report(*summary) : absl::OkStatus();
}

void ReportRun::TellWhatWasFound() const {
  const auto count = [this](Found found) {
    const auto entry = found_.find(found);
    return entry == found_.end() ? std::uint64_t{0} : entry->second;
  };
  const auto tell = [this](std::uint64_t sellers, const char* what) {
    if (sellers != 0) {
      Warn(absl::StrCat(out_, ": ", sellers, sellers == 1 ? " seller" : " sellers", what));
    }
  };
  tell(count(Found::kComplete), " complete from before, kept");
  tell(count(Found::kOlder),
       " made anew: what was there is of another snapshot, or of other seeds, parameters or rules");
  tell(count(Found::kChanged), " made anew: files were not as their manifest says");
}

absl::Status ReportRun::Finish() {
  COINWAKE_RETURN_IF_ERROR(table_->Finish(&whole_));
  COINWAKE_RETURN_IF_ERROR(files_.SyncFolder(out_));
  COINWAKE_RETURN_IF_ERROR(
      WriteReportFile(files_, out_, kManifestName, ToJson(whole_) + "\n").status());
  COINWAKE_RETURN_IF_ERROR(files_.SyncFolder(out_));
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> there,
                            files_.List(out_ + "/" + kSellersFolder));
  const auto others = std::count_if(there.begin(), there.end(), [this](const std::string& name) {
    return !sellers_by_folder_.contains(name);
  });
  if (others != 0) {
    Warn(absl::StrCat(out_, "/", kSellersFolder, ": ", others,
                      others == 1 ? " folder is" : " folders are",
                      " no part of this report, and left as before"));
  }
  return absl::OkStatus();
}

absl::Status ReportRun::Run() {
  COINWAKE_ASSIGN_OR_RETURN(const ReportSellers sellers, SellersOf(open_, request_));
  COINWAKE_RETURN_IF_ERROR(CheckReport(open_, request_, sellers, cancellation_));
  COINWAKE_RETURN_IF_ERROR(Prepare());
  std::uint64_t done = 0;
  const auto tell = [&] {
    if (observer_.progress) observer_.progress(done, sellers.size());
  };
  tell();
  for (const auto& [seller, seeds] : sellers) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
    COINWAKE_RETURN_IF_ERROR(Report(seller, seeds));
    ++done;
    tell();
  }
  TellWhatWasFound();
  return OnDisk(Finish());
}

}  // namespace

absl::Status WriteReports(FileSystem& files, const std::string& out, OpenNetwork& open,
                          const v1::ReportRequest& request, const ReportLimits& limits,
                          const Cancellation* cancellation, const ReportObserver& observer) {
  return ReportRun(files, out, open, request, limits, cancellation, observer).Run();
}

}  // namespace coinwake::server
