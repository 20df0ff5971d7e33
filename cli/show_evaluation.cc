// How good clusters are, for people.
#include <fmt/format.h>

#include <string>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/evaluation.pb.h"

namespace coinwake::cli {
namespace {

std::string Rate(double rate) { return fmt::format("{:.4f}", rate); }

Table FiguresOf(const v1::Evaluation& evaluation) {
  Table table({{"figure"}, {"value", Align::kRight}, {"95 % interval"}, {"kind"}});
  for (const v1::Figure& figure : evaluation.figures()) {
    table.Add({figure.name(), Rate(figure.value()),
               figure.has_low() ? Rate(figure.low()) + " to " + Rate(figure.high()) : "",
               figure.kind()});
  }
  return table;
}

Table OwnersOf(const v1::Evaluation& evaluation) {
  Table table({{"owner"},
               {"addresses", Align::kRight},
               {"seen", Align::kRight},
               {"clusters", Align::kRight},
               {"largest", Align::kRight},
               {"its size", Align::kRight},
               {"coverage", Align::kRight},
               {"contamination", Align::kRight}});
  for (const v1::OwnerFigures& owner : evaluation.by_owner()) {
    table.Add({owner.owner(), Grouped(owner.addresses()), Grouped(owner.seen()),
               Grouped(owner.clusters()), std::to_string(owner.largest_cluster()),
               Grouped(owner.largest_cluster_size()), Rate(owner.coverage()),
               Rate(owner.contamination())});
  }
  return table;
}

}  // namespace

std::string Show(const v1::Evaluation& evaluation) {
  std::string rules;
  for (const v1::RuleVersion& rule : evaluation.rules()) {
    rules += fmt::format("{}{} {}", rules.empty() ? "" : ", ", rule.rule(), rule.version());
  }
  const v1::LargestCluster& largest = evaluation.largest_cluster();
  Facts facts;
  facts.Add("profile", evaluation.profile());
  facts.Add("rules", rules);
  if (evaluation.has_epoch_height()) {
    facts.Add("change up to", fmt::format("height {}", Grouped(evaluation.epoch_height())));
  }
  facts.Add("addresses", fmt::format("{} of the {} in the file were seen",
                                     Grouped(evaluation.seen()), Grouped(evaluation.addresses())));
  facts.Add("owners", fmt::format("{} of {}", Grouped(evaluation.owners_seen()),
                                  Grouped(evaluation.owners())));
  facts.Add("largest cluster",
            fmt::format("{}, of size {}: {} of all addresses of the index", largest.id(),
                        Grouped(largest.size()), Rate(largest.share())));
  return Header(evaluation.snapshot()) + '\n' + facts.Render() + '\n' +
         FiguresOf(evaluation).Render() + '\n' + OwnersOf(evaluation).Render() +
         "\nprecision and contamination count other owners' addresses of the file; strangers that "
         "it "
         "does\nnot name are not noticed, and with one owner alone there is nothing to count\n";
}

}  // namespace coinwake::cli
