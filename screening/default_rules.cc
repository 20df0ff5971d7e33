#include "screening/rules_file.h"

namespace coinwake {
namespace {

// docs/screening.md has it word for word; a test compares. Amounts below the least can be anybody's
// dust, sent to make an address look bad.
constexpr char kDefaultRules[] = R"(version: 1
rules:
  - id: sanctioned
    description: A sanctions list names the address
    score: 100
    exposure: own
    classes: sanction
  - id: seed
    description: The address is one of the seeds given
    score: 100
    exposure: own
    any_seed: true
  - id: seller
    description: An advertisement or a seller's page names the address
    score: 90
    exposure: own
    classes: [seller, advertisement]
  - id: sanctioned-direct
    description: Paid by an address on a sanctions list, or pays one
    score: 90
    exposure: direct
    classes: sanction
    assets: [BTC, TRX, USDT]
    min_amount: {BTC: 10000, TRX: 10000000, USDT: 1000000}
  - id: seed-direct
    description: Paid by a seed, or pays one
    score: 90
    exposure: direct
    any_seed: true
    assets: [BTC, TRX, USDT]
    min_amount: {BTC: 10000, TRX: 10000000, USDT: 1000000}
  - id: seller-direct
    description: Paid by a seller's address, or pays one
    score: 80
    exposure: direct
    classes: [seller, advertisement]
    assets: [BTC, TRX, USDT]
    min_amount: {BTC: 10000, TRX: 10000000, USDT: 1000000}
  - id: mixer
    description: The address is a mixer's
    score: 70
    exposure: [own, cluster]
    categories: [mixer, mixing_service, tumbler]
  - id: mixer-direct
    description: At least 1 % from a mixer, or to one
    score: 60
    exposure: direct
    categories: [mixer, mixing_service, tumbler]
    assets: [BTC, TRX, USDT]
    min_share_ppm: 10000
  - id: dark-market-direct
    description: At least 1 % from a dark market, or to one
    score: 60
    exposure: direct
    categories: [dark_market]
    assets: [BTC, TRX, USDT]
    min_share_ppm: 10000
  - id: sanctioned-indirect
    description: At least 1 % from addresses on a sanctions list, or to them, through others
    score: 50
    exposure: indirect
    classes: sanction
    assets: [BTC, TRX, USDT]
    min_share_ppm: 10000
  - id: seed-indirect
    description: At least 1 % from seeds or sellers' addresses, or to them, through others
    score: 50
    exposure: indirect
    any_seed: true
    classes: [seller, advertisement]
    assets: [BTC, TRX, USDT]
    min_share_ppm: 10000
  - id: mixer-indirect
    description: At least 5 % from mixers or dark markets, or to them, through others
    score: 30
    exposure: indirect
    categories: [mixer, mixing_service, tumbler, dark_market]
    assets: [BTC, TRX, USDT]
    min_share_ppm: 50000
)";

}  // namespace

std::string_view DefaultRulesText() { return kDefaultRules; }

}  // namespace coinwake
