#include "adverts/extract.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adverts/advertisement_reader.h"
#include "adverts/decoded_text.h"
#include "adverts/seller_name.h"
#include "indexer/base/ascii.h"
#include "indexer/tron/known_addresses.h"

namespace coinwake {
namespace {

constexpr std::size_t kMaxFiles = 100'000;
constexpr int kMaxFolderDepth = 32;
// Where kGuess looks for a tag that only a page of HTML begins with.
constexpr std::size_t kGuessBytes = 1024;

bool LooksLikeHtml(std::string_view text, const std::string& source) {
  for (const std::string_view ending : {".htm", ".html", ".xhtml", ".svg"}) {
    if (ascii::EndsWithIgnoreCase(source, ending)) return true;
  }
  const std::string head = ascii::ToLower(text.substr(0, kGuessBytes));
  for (const std::string_view mark : {"<!doctype html", "<html", "<head", "<body"}) {
    if (head.find(mark) != std::string::npos) return true;
  }
  return false;
}

constexpr char kBitcoinAddress[] = "bitcoin_address";
constexpr char kTronAddress[] = "tron_address";
constexpr char kTronContract[] = "tron_contract";
constexpr char kTronZeroAddress[] = "tron_zero_address";

// Whether a seller can be paid there.
bool IsPayable(const Identifier& identifier) {
  return identifier.kind == kBitcoinAddress || identifier.kind == kTronAddress;
}

// Says of an address of Tron that is nobody's what it is, and why, behind the steps so far.
void JudgeTronAddress(const FoundAddress& found, Identifier* identifier) {
  const std::string_view symbol = tron::SymbolOfKnownToken(found.value);
  identifier->kind = kTronContract;
  if (found.value == tron::kZeroAddress) {
    identifier->kind = kTronZeroAddress;
    identifier->steps.emplace_back("zero_address");
  } else if (!symbol.empty()) {
    identifier->steps.push_back(absl::StrCat("known_token:", std::string(symbol)));
  } else if (!found.given_as.empty()) {
    identifier->steps.emplace_back(found.given_as);
  } else {
    identifier->kind = kTronAddress;
  }
}

Identifier ToIdentifier(const PlacedAddress& address, const DecodedText& decoded,
                        const std::string& source) {
  const FoundAddress& found = address.found;
  Identifier identifier;
  identifier.kind = kBitcoinAddress;
  identifier.value = found.value;
  identifier.source = source;
  identifier.offset = decoded.SourceOffset(found.begin);
  identifier.raw = ValidUtf8(decoded.text().substr(found.begin, found.end - found.begin));
  if (decoded.is_transcoded()) identifier.steps.emplace_back("utf16");
  if (!address.place.empty()) identifier.steps.push_back(address.place);
  for (std::string& name : UndoneNames(found.undone)) identifier.steps.push_back(std::move(name));
  if (ChainOf(found.networks.front()) == Chain::kTron) JudgeTronAddress(found, &identifier);
  identifier.networks = found.networks;
  return identifier;
}

struct InputFile {
  std::string path;
  bool named = false;  // on the command line, not met in a folder
};

std::string JoinPath(const std::string& folder, const std::string& name) {
  return folder.ends_with('/') ? absl::StrCat(folder, name) : absl::StrCat(folder, "/", name);
}

// Drops every file that stands under another of its names before: "./a.txt" and "a.txt" are one
// advertisement.
void DropRepeated(FileSystem& files, std::vector<InputFile>* inputs) {
  std::map<std::string, std::size_t> places;  // canonical path -> index of what is kept
  std::vector<InputFile> kept;
  for (InputFile& input : *inputs) {
    // A pipe has no such path, and its own name will do.
    const auto canonical = files.CanonicalPath(input.path);
    const auto [place, is_new] =
        places.emplace(canonical.ok() ? *canonical : input.path, kept.size());
    if (is_new) {
      kept.push_back(std::move(input));
    } else {
      kept[place->second].named |= input.named;
    }
  }
  *inputs = std::move(kept);
}

// All files of `paths`, by path, each once. What is no file is read where it is named; in a folder
// it is passed over: a pipe there would wait for a writer for ever.
absl::StatusOr<std::vector<InputFile>> ListFiles(FileSystem& files,
                                                 const std::vector<std::string>& paths,
                                                 std::vector<std::string>* warnings) {
  struct Folder {
    std::string path;
    int depth;
  };
  std::map<std::string, bool> found;  // path -> named
  std::deque<Folder> folders;
  const auto add = [&](const std::string& path, int depth) -> absl::Status {
    const bool named = depth == 0;
    const absl::StatusOr<PathKind> kind = files.KindOf(path);
    if (!named && absl::IsNotFound(kind.status())) {
      warnings->push_back(absl::StrCat(path, ": a link to nothing, passed over"));
      return absl::OkStatus();
    }
    COINWAKE_RETURN_IF_ERROR(kind.status());
    if (!named && *kind == PathKind::kOther) {
      warnings->push_back(absl::StrCat(path, ": no regular file, passed over"));
      return absl::OkStatus();
    }
    if (*kind != PathKind::kFolder) {
      found[path] |= named;
      return absl::OkStatus();
    }
    if (depth >= kMaxFolderDepth) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path, ": more than ", kMaxFolderDepth, " folders deep"));
    }
    folders.push_back({path, depth});
    return absl::OkStatus();
  };
  for (const std::string& path : paths) COINWAKE_RETURN_IF_ERROR(add(path, 0));
  while (!folders.empty()) {
    const Folder folder = std::move(folders.front());
    folders.pop_front();
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(folder.path));
    for (const std::string& name : names) {
      if (name.empty() || name[0] == '.') continue;
      COINWAKE_RETURN_IF_ERROR(add(JoinPath(folder.path, name), folder.depth + 1));
      if (found.size() + folders.size() > kMaxFiles) {
        return absl::ResourceExhaustedError(
            absl::StrCat(folder.path, ": more than ", kMaxFiles, " files; name fewer at a time"));
      }
    }
  }
  std::vector<InputFile> result;
  result.reserve(found.size());
  for (const auto& [path, named] : found) result.push_back({path, named});
  DropRepeated(files, &result);
  return result;
}

absl::Status TooLarge(const std::string& source, std::uint64_t size_bytes) {
  return absl::ResourceExhaustedError(absl::StrCat(source, ": ", size_bytes,
                                                   " bytes; an advertisement has at most ",
                                                   kMaxAdvertisementBytes, ", split it"));
}

std::optional<Network> SeedNetwork(const Identifier& identifier, std::optional<Network> asked) {
  const auto& networks = identifier.networks;
  if (networks.size() == 1) return networks.front();
  const bool fits = asked && std::find(networks.begin(), networks.end(), *asked) != networks.end();
  return fits ? asked : std::nullopt;
}

// What a seller gives as a contract in one place, such as the target of a link, is one where it
// stands without that as well, such as the link's text.
void MarkContractsEverywhere(Seller* seller) {
  std::set<std::string> contracts;
  for (const Identifier& identifier : seller->identifiers) {
    if (identifier.kind == kTronContract) contracts.insert(identifier.value);
  }
  for (Identifier& identifier : seller->identifiers) {
    if (identifier.kind != kTronAddress || contracts.count(identifier.value) == 0) continue;
    identifier.kind = kTronContract;
    identifier.steps.emplace_back("contract_elsewhere");
  }
}

void AddSeeds(std::optional<Network> asked, Seller* seller) {
  std::set<std::string> seen;
  for (const Identifier& identifier : seller->identifiers) {
    if (!IsPayable(identifier)) continue;
    if (!seen.insert(identifier.value).second) continue;
    SellerSeed seed;
    seed.address = identifier.value;
    seed.network = SeedNetwork(identifier, asked);
    if (ChainOf(identifier.networks.front()) == Chain::kTron) seed.asset.clear();
    seller->seeds.push_back(std::move(seed));
  }
}

}  // namespace

absl::StatusOr<Advertisement> ReadAdvertisement(ByteSpan bytes, const std::string& source,
                                                ContentKind kind) {
  if (bytes.size() > kMaxAdvertisementBytes) return TooLarge(source, bytes.size());
  const DecodedText decoded(bytes);
  const bool html = kind == ContentKind::kHtml ||
                    (kind == ContentKind::kGuess && LooksLikeHtml(decoded.text(), source));
  AdvertisementText text = html ? ReadHtml(decoded.text()) : ReadPlainText(decoded.text());
  if (!text.complete || text.addresses.size() >= AddressFinder::kMaxFound) {
    return absl::ResourceExhaustedError(
        absl::StrCat(source, ": ", AddressFinder::kMaxFound,
                     " addresses or more: this is a list, not an advertisement; split it"));
  }
  Advertisement advertisement;
  advertisement.seller = text.seller.empty() ? StemOfPath(source) : std::move(text.seller);
  advertisement.identifiers.reserve(text.addresses.size());
  for (const PlacedAddress& address : text.addresses) {
    advertisement.identifiers.push_back(ToIdentifier(address, decoded, source));
  }
  return advertisement;
}

absl::StatusOr<std::vector<Identifier>> ExtractFromBytes(ByteSpan bytes, const std::string& source,
                                                         ContentKind kind) {
  COINWAKE_ASSIGN_OR_RETURN(Advertisement advertisement, ReadAdvertisement(bytes, source, kind));
  return std::move(advertisement.identifiers);
}

absl::StatusOr<Extraction> ExtractSellers(FileSystem& files, const std::vector<std::string>& paths,
                                          std::optional<Network> asked) {
  Extraction result;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<InputFile> inputs,
                            ListFiles(files, paths, &result.warnings));
  std::vector<Seller>& sellers = result.sellers;
  std::map<std::string, std::size_t> by_name;
  for (const InputFile& input : inputs) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                              ReadWhole(files, input.path, kMaxAdvertisementBytes));
    COINWAKE_ASSIGN_OR_RETURN(Advertisement advertisement,
                              ReadAdvertisement(bytes, input.path, ContentKind::kGuess));
    if (advertisement.identifiers.empty() && !input.named) continue;
    const auto [place, is_new] = by_name.emplace(advertisement.seller, sellers.size());
    if (is_new) sellers.push_back({advertisement.seller, {}, {}, {}});
    Seller& seller = sellers[place->second];
    seller.advertisements.push_back(input.path);
    std::move(advertisement.identifiers.begin(), advertisement.identifiers.end(),
              std::back_inserter(seller.identifiers));
  }
  for (Seller& seller : sellers) {
    MarkContractsEverywhere(&seller);
    AddSeeds(asked, &seller);
  }
  return result;
}

}  // namespace coinwake
