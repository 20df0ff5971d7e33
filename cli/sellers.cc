#include "cli/sellers.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "cli/seeded_request.h"
#include "cli/trace_seeds.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/network.h"

namespace coinwake::cli {
namespace {

bool IsLabelOf(const std::vector<SeedEntry>& entries, const std::string& word) {
  return std::any_of(entries.begin(), entries.end(),
                     [&word](const SeedEntry& entry) { return entry.label == word; });
}

// Adds the address to the subject of that label, which may be new.
void Add(const std::string& label, const std::string& address, Sellers* sellers) {
  const auto found = std::find_if(sellers->subjects.begin(), sellers->subjects.end(),
                                  [&label](const auto& one) { return one.first == label; });
  if (!label.empty() && found != sellers->subjects.end()) {
    found->second.push_back(address);
  } else {
    sellers->subjects.push_back({label, {address}});
  }
}

// Those of `entries` whose label is `seller`; all without one.
absl::Status AddOfFile(const Session& session, const std::vector<SeedEntry>& entries,
                       const std::optional<std::string>& seller, const std::string& file,
                       Sellers* sellers) {
  const Network network = sellers->open->snapshot().network;
  std::vector<SeedEntry> chosen;
  for (const SeedEntry& entry : entries) {
    if (!seller.has_value() || entry.label == seller) chosen.push_back(entry);
  }
  v1::TraceRequest seeds;
  std::size_t passed_over = AddSeeds(chosen, network, &seeds);
  const std::size_t before = sellers->subjects.size();
  for (const v1::TraceSeed& seed : seeds.seeds()) {
    if (seed.has_address()) {
      Add(seed.label(), seed.address(), sellers);
    } else {
      ++passed_over;
    }
  }
  const std::string name(NetworkName(network));
  if (sellers->subjects.size() == before) {
    return absl::NotFoundError(absl::StrCat(file, ": no address",
                                            seller.has_value() ? absl::StrCat(" of ", *seller) : "",
                                            " on ", name));
  }
  if (passed_over > 0) {
    session.Warn(absl::StrCat(file, ": ", passed_over, " of ", chosen.size(),
                              " seeds are no addresses on ", name, " and were passed over"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Sellers> OpenSellers(const Session& session, const SellersOptions& options,
                                    const std::string& name) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(options.asset));
  if (options.subjects.empty() && options.seeds_file.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " needs addresses or sellers: ADDR or --seeds"));
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<SeedEntry> entries,
                            ReadSeedEntries(session, options.seeds_file));
  std::vector<std::string> addresses;
  for (const std::string& word : options.subjects) {
    if (!IsLabelOf(entries, word)) addresses.push_back(word);
  }
  Sellers sellers;
  COINWAKE_ASSIGN_OR_RETURN(sellers.open,
                            OpenForSeeds(session, addresses, entries, options.seeds_file));
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*sellers.open, options.asset));
  for (const std::string& word : options.subjects) {
    if (IsLabelOf(entries, word)) {
      COINWAKE_RETURN_IF_ERROR(AddOfFile(session, entries, word, options.seeds_file, &sellers));
    } else {
      Add("", word, &sellers);
    }
  }
  if (options.subjects.empty()) {
    COINWAKE_RETURN_IF_ERROR(
        AddOfFile(session, entries, std::nullopt, options.seeds_file, &sellers));
  }
  return sellers;
}

}  // namespace coinwake::cli
