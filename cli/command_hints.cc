// hints: leads from deposits into a service to its withdrawals on another chain.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "cli/commands.h"
#include "cli/seeded_request.h"
#include "cli/show.h"
#include "cli/trace_seeds.h"
#include "coinwake/v1/hints.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/csv.h"
#include "indexer/base/hash.h"
#include "server/cluster_memory.h"
#include "server/convert.h"
#include "server/hint_answers.h"
#include "server/hint_rates.h"
#include "server/hint_side.h"

namespace coinwake::cli {
namespace {

constexpr std::uint64_t kMaxFileBytes = 64 << 20;

// "ASSET@NETWORK" or "ASSET".
std::pair<std::string, std::string> SplitNetwork(const std::string& text) {
  const std::size_t at = text.find('@');
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + 1)};
}

// The records of a CSV file that are not empty: line and fields.
using Records = std::vector<std::pair<std::uint64_t, std::vector<std::string>>>;
absl::StatusOr<Records> ReadRecords(const Session& session, const std::string& path) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                            ReadWhole(session.files(), path, kMaxFileBytes));
  const std::string text(bytes.begin(), bytes.end());
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view rest = text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  CsvReader reader(rest);
  Records records;
  std::vector<std::string> fields;
  while (true) {
    switch (reader.Next(&fields)) {
      case CsvReader::Result::kEnd:
        return records;
      case CsvReader::Result::kMalformed:
        return absl::DataLossError(absl::StrCat(path, ":", reader.line(), ": a quote is wrong"));
      case CsvReader::Result::kRecord:
        if (fields.size() > 1 || !fields.front().empty()) {
          records.emplace_back(reader.line(), fields);
        }
        break;
    }
  }
}

// A first line without a digit names the columns.
bool NamesColumns(const std::vector<std::string>& fields) {
  for (const std::string& field : fields) {
    for (const char c : field) {
      if ('0' <= c && c <= '9') return false;
    }
  }
  return true;
}

absl::Status AddRates(const Session& session, const std::string& path,
                      v1::FindHintsRequest* request) {
  COINWAKE_ASSIGN_OR_RETURN(const Records records, ReadRecords(session, path));
  std::optional<std::int64_t> last;
  for (const auto& [line, fields] : records) {
    if (line == records.front().first && NamesColumns(fields)) continue;
    const auto bad = [&path, line = line](std::string_view what) {
      return absl::DataLossError(absl::StrCat(path, ":", line, ": ", std::string(what)));
    };
    if (fields.size() != 2) return bad("a line of rates is time,price");
    const absl::StatusOr<RatePoint> point = server::ParseRate(fields[0], fields[1]);
    if (!point.ok()) {
      return bad(
          std::string_view(point.status().message().data(), point.status().message().size()));
    }
    if (last.has_value() && point->time <= *last) return bad("it is not later than the one before");
    last = point->time;
    v1::HintRate* const rate = request->add_rates();
    rate->set_time(fields[0]);
    rate->set_price(fields[1]);
  }
  return last.has_value() ? absl::OkStatus()
                          : absl::DataLossError(absl::StrCat(path, ": there are no rates"));
}

absl::Status AddServiceAddresses(const Session& session, const std::string& path,
                                 v1::FindHintsRequest* request) {
  if (path.empty()) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<SeedEntry> entries, ReadSeedEntries(session, path));
  for (const SeedEntry& entry : entries) {
    if (entry.address.empty()) {
      return absl::DataLossError(absl::StrCat(path, ":", entry.line, ": an output is no service"));
    }
    request->add_service_addresses(entry.address);
  }
  return absl::OkStatus();
}

// The addresses of the file that can be on the network, and the transactions of its outputs.
absl::Status AddSubjects(const Session& session, const HintsCommand& command, Network network,
                         v1::FindHintsRequest* request) {
  for (const std::string& text : command.subjects) {
    v1::HintSubject* const subject = request->add_subjects();
    if (Hash256::FromHex(text).has_value()) {
      subject->set_txid(text);
    } else {
      subject->set_address(text);
    }
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<SeedEntry> entries,
                            ReadSeedEntries(session, command.seeds_file));
  v1::TraceRequest seeds;
  std::size_t passed_over = AddSeeds(entries, network, &seeds);
  for (const v1::TraceSeed& seed : seeds.seeds()) {
    if (!seed.has_address()) {
      ++passed_over;
      continue;
    }
    v1::HintSubject* const subject = request->add_subjects();
    subject->set_address(seed.address());
    subject->set_label(seed.label());
  }
  const std::string name(NetworkName(network));
  if (request->subjects().empty()) {
    return absl::NotFoundError(absl::StrCat(command.seeds_file, ": no address on ", name));
  }
  if (passed_over > 0) {
    session.Warn(absl::StrCat(command.seeds_file, ": ", passed_over, " of ", entries.size(),
                              " seeds are no addresses on ", name, " and were passed over"));
  }
  return absl::OkStatus();
}

void AddTerms(const HintsCommand& command, v1::FindHintsRequest* request) {
  request->set_direction(command.direction);
  request->set_service(command.service);
  if (command.window_s.has_value()) request->set_window_s(*command.window_s);
  if (command.fee_min_permille.has_value()) {
    request->set_fee_min_permille(*command.fee_min_permille);
  }
  if (command.fee_max_permille.has_value()) {
    request->set_fee_max_permille(*command.fee_max_permille);
  }
  request->set_flat_fee(command.flat_fee);
  request->set_tolerance(command.tolerance);
  if (command.decimals_in.has_value()) request->set_decimals_in(*command.decimals_in);
  if (command.decimals_out.has_value()) request->set_decimals_out(*command.decimals_out);
}

// What both sides are; --network says which where the option itself does not and it has the asset.
absl::Status AddSides(const Session& session, const HintsCommand& command,
                      v1::FindHintsRequest* request) {
  auto [asset_in, network_in] = SplitNetwork(command.from);
  auto [asset_out, network_out] = SplitNetwork(command.to);
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> asked, session.AskedNetwork());
  const auto fill = [&](const std::string& asset, std::string* network) {
    const bool is_bitcoin = asset == server::kBitcoinAsset;
    if (network->empty() && asked.has_value() &&
        is_bitcoin == (ChainOf(*asked) == Chain::kBitcoin)) {
      *network = NetworkName(*asked);
    }
    return CheckAsset(asset);
  };
  COINWAKE_RETURN_IF_ERROR(fill(asset_in, &network_in));
  COINWAKE_RETURN_IF_ERROR(fill(asset_out, &network_out));
  if (asset_in.empty() || asset_out.empty()) {
    return absl::InvalidArgumentError("--from and --to take an asset: BTC, TRX, USDT, ...");
  }
  request->set_asset_in(std::move(asset_in));
  request->set_network_in(std::move(network_in));
  request->set_asset_out(std::move(asset_out));
  request->set_network_out(std::move(network_out));
  return absl::OkStatus();
}

}  // namespace

absl::Status Run(const Session& session, const HintsCommand& command) {
  if (command.subjects.empty() && command.seeds_file.empty()) {
    return absl::InvalidArgumentError("hints needs ADDR, TXID or --seeds");
  }
  if (command.service.empty() && command.service_file.empty()) {
    return absl::InvalidArgumentError("hints needs --service or --service-addresses");
  }
  v1::FindHintsRequest request;
  COINWAKE_RETURN_IF_ERROR(AddSides(session, command, &request));
  AddTerms(command, &request);
  COINWAKE_RETURN_IF_ERROR(AddRates(session, command.rates_file, &request));
  COINWAKE_RETURN_IF_ERROR(AddServiceAddresses(session, command.service_file, &request));
  COINWAKE_ASSIGN_OR_RETURN(
      const std::unique_ptr<server::IndexSet> indexes,
      server::IndexSet::Open(session.files(), session.global().data, std::nullopt, /*threads=*/0,
                             /*log=*/nullptr, server::MemoryOfMachine(session.files())));
  const bool is_backward = command.direction == "backward";
  COINWAKE_ASSIGN_OR_RETURN(
      const server::OpenNetwork* const asked,
      server::ChooseForAsset(*indexes, is_backward ? request.asset_out() : request.asset_in(),
                             is_backward ? request.network_out() : request.network_in()));
  COINWAKE_RETURN_IF_ERROR(AddSubjects(session, command, asked->snapshot().network, &request));
  std::unordered_set<std::string> said;  // each once, though several labels may share it
  std::vector<v1::HintEvent> events;
  const auto emit = [&](const v1::HintEvent& event) {
    for (const std::string& warning : event.summary().warnings()) {
      if (said.insert(warning).second) session.Warn(warning);
    }
    if (session.json()) {
      session.PrintJson(event);
    } else {
      events.push_back(event);
    }
    return absl::OkStatus();
  };
  COINWAKE_RETURN_IF_ERROR(server::AnswerHints(*indexes, request, /*max_rows=*/0,
                                               /*cancellation=*/nullptr, emit));
  if (!session.json()) session.Print(ShowHints(events));
  return absl::OkStatus();
}

}  // namespace coinwake::cli
