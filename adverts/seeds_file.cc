#include "adverts/seeds_file.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adverts/decoded_text.h"
#include "indexer/base/ascii.h"
#include "indexer/base/csv.h"
#include "indexer/base/hex.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"
#include "nlohmann/json.hpp"

namespace coinwake {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMaxSeedsFileBytes = 64 << 20;
constexpr int kMaxJsonDepth = 8;
constexpr std::string_view kScriptPrefix = "script:";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// Outside text is shown in errors up to this length.
constexpr std::size_t kMaxShownBytes = 100;

std::string Shown(std::string_view text) { return ValidUtf8(text.substr(0, kMaxShownBytes)); }

// Collects entries and gives errors their place.
class Collector {
 public:
  explicit Collector(const std::string& source) : source_(source) {}

  absl::Status Error(std::uint64_t line, std::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(source_, ":", line, ": ", std::string(what)));
  }

  absl::Status Add(std::string_view subject, std::string_view label, std::string_view network_name,
                   std::uint64_t line) {
    SeedEntry entry;
    entry.line = line;
    if (!label.empty()) entry.label = ValidUtf8(label);
    if (entry.label.has_value() && entry.label->size() > kMaxSeedLabelBytes) {
      return Error(line, absl::StrCat("the label '", Shown(label), "...' is longer than ",
                                      kMaxSeedLabelBytes, " bytes"));
    }
    if (!network_name.empty()) {
      entry.network = ParseNetwork(network_name);
      if (!entry.network.has_value()) {
        return Error(line, absl::StrCat("unknown network '", Shown(network_name), "'"));
      }
    }
    entry.outpoint = ParseOutpoint(subject);
    if (!entry.outpoint.has_value()) {
      COINWAKE_RETURN_IF_ERROR(CheckAddress(subject, entry.network, line));
      entry.address = std::string(subject);
    }
    const bool is_new =
        seen_
            .emplace(ascii::ToLower(entry.outpoint ? subject : std::string_view()), entry.address,
                     entry.label.value_or(""), std::string(network_name))
            .second;
    if (is_new) entries_.push_back(std::move(entry));
    return absl::OkStatus();
  }

  std::vector<SeedEntry> Take() { return std::move(entries_); }

 private:
  absl::Status CheckAddress(std::string_view text, std::optional<Network> network,
                            std::uint64_t line) const {
    if (text.starts_with(kScriptPrefix)) {
      const auto script = HexDecode(text.substr(kScriptPrefix.size()));
      if (script.has_value() && !script->empty()) return absl::OkStatus();
      return Error(line, absl::StrCat("'", Shown(text), "' is no script in hexadecimal"));
    }
    std::vector<Network> networks = bitcoin::NetworksOfAddress(text);
    if (networks.empty() && tron::ParseAddress(text).ok()) {
      networks.assign(std::begin(kTronNetworks), std::end(kTronNetworks));
    }
    if (networks.empty()) {
      return Error(line, absl::StrCat("'", Shown(text),
                                      "' is neither a Bitcoin or Tron address nor TXID:VOUT"));
    }
    if (network.has_value() &&
        std::find(networks.begin(), networks.end(), *network) == networks.end()) {
      return Error(line, absl::StrCat("'", Shown(text), "' is no address of ",
                                      std::string(NetworkName(*network))));
    }
    return absl::OkStatus();
  }

  const std::string& source_;
  std::vector<SeedEntry> entries_;
  std::set<std::tuple<std::string, std::string, std::string, std::string>> seen_;
};

// The text of `name`, "" when it is absent, nullopt when it is something else than text.
std::optional<std::string> TextField(const Json& object, const char* name) {
  const auto field = object.find(name);
  if (field == object.end() || field->is_null()) return "";
  const std::string* text = field->get_ptr<const std::string*>();
  if (text == nullptr) return std::nullopt;
  return *text;
}

absl::Status AddSellerLine(std::string_view text, std::uint64_t line, Collector* collector) {
  // What is nested deeper than any field of a Seller is dropped as it is read.
  const auto keep = [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxJsonDepth; };
  const Json seller = Json::parse(text, keep, /*allow_exceptions=*/false);
  if (!seller.is_object()) return collector->Error(line, "not a JSON object on one line");
  const std::optional<std::string> name = TextField(seller, "seller");
  if (!name.has_value()) return collector->Error(line, "field seller is not text");
  const auto seeds = seller.find("seeds");
  if (seeds == seller.end() || !seeds->is_array()) {
    return collector->Error(line, "no list seeds[]: not a line of `seeds extract --json`");
  }
  for (const Json& seed : *seeds) {
    if (!seed.is_object()) return collector->Error(line, "an entry of seeds[] is not an object");
    const auto address = TextField(seed, "address");
    const auto network = TextField(seed, "network");
    const auto asset = TextField(seed, "asset");
    if (!address.has_value() || !network.has_value() || !asset.has_value()) {
      return collector->Error(line, "address, network and asset of a seed are text");
    }
    if (!asset->empty() && *asset != "BTC") {
      return collector->Error(line, absl::StrCat("asset '", Shown(*asset),
                                                 "' is not BTC; on Tron it is left out, --asset "
                                                 "says what is traced"));
    }
    COINWAKE_RETURN_IF_ERROR(collector->Add(*address, *name, *network, line));
  }
  return absl::OkStatus();
}

absl::Status ParseJsonLines(std::string_view text, Collector* collector) {
  std::uint64_t line = 0;
  while (!text.empty()) {
    ++line;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = ascii::TrimSpaces(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!content.empty()) COINWAKE_RETURN_IF_ERROR(AddSellerLine(content, line, collector));
  }
  return absl::OkStatus();
}

absl::Status ParseCsv(std::string_view text, Collector* collector) {
  CsvReader reader(text);
  std::vector<std::string> fields;
  bool first = true;
  for (;;) {
    const CsvReader::Result result = reader.Next(&fields);
    if (result == CsvReader::Result::kEnd) return absl::OkStatus();
    if (result == CsvReader::Result::kMalformed) {
      return collector->Error(reader.line(), "a quoted field does not end");
    }
    if (fields.size() > 2) {
      return collector->Error(reader.line(),
                              "more than two fields; quote a label that holds a comma");
    }
    fields.resize(2);
    const std::string heading = ascii::ToLower(fields[0]);
    const bool is_heading = first && (heading == "address_or_outpoint" || heading == "address" ||
                                      heading == "outpoint");
    if (fields[0].empty() && fields[1].empty()) continue;
    first = false;
    if (is_heading) continue;
    COINWAKE_RETURN_IF_ERROR(collector->Add(fields[0], fields[1], "", reader.line()));
  }
}

}  // namespace

std::optional<SeedOutpoint> ParseOutpoint(std::string_view text) {
  constexpr std::size_t kTxidChars = 64;
  if (text.size() < kTxidChars + 2 || text[kTxidChars] != ':') return std::nullopt;
  const std::string_view number = text.substr(kTxidChars + 1);
  const std::optional<Hash256> txid = Hash256::FromDisplayHex(text.substr(0, kTxidChars));
  SeedOutpoint outpoint;
  if (!txid.has_value()) return std::nullopt;
  const char* const end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, outpoint.vout);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  outpoint.txid = *txid;
  return outpoint;
}

absl::StatusOr<std::vector<SeedEntry>> ParseSeeds(std::string_view text,
                                                  const std::string& source) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Collector collector(source);
  const std::string_view content = ascii::TrimSpaces(text);
  const bool is_json = !content.empty() && content.front() == '{';
  if (content.starts_with('[')) {
    // No address and no outpoint begins so.
    const auto before = text.substr(0, text.find('['));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    return collector.Error(static_cast<std::uint64_t>(line),
                           "a JSON array; write its objects one a line, without the brackets");
  }
  COINWAKE_RETURN_IF_ERROR(is_json ? ParseJsonLines(text, &collector) : ParseCsv(text, &collector));
  return collector.Take();
}

absl::StatusOr<std::vector<SeedEntry>> ReadSeedsFile(FileSystem& files, const std::string& path) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                            ReadWhole(files, path, kMaxSeedsFileBytes));
  return ParseSeeds(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
                    path);
}

}  // namespace coinwake
