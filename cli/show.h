// Answers as tables for people.
#ifndef COINWAKE_CLI_SHOW_H_
#define COINWAKE_CLI_SHOW_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coinwake::v1 {
class Address;
class Block;
class Bounds;
class Cluster;
class ClusterGrowth;
class Evaluation;
class Evidence;
class Exposure;
class HintEvent;
class ImportReport;
class IndexReport;
class Label;
class Path;
class PeelEnd;
class PeelHop;
class RemovalReport;
class ScreeningResult;
class Seller;
class Status;
class Successor;
class SuccessorSummary;
class Timeline;
class Transaction;
class TransactionKind;
class Typology;
class VerifyReport;
}  // namespace coinwake::v1

namespace coinwake::cli {

std::string Show(const v1::Address& address);
std::string Show(const v1::Block& block);
// The same of networks that have accounts; Show() leaves those to them.
std::string ShowAccounts(const v1::Address& address);
std::string ShowAccounts(const v1::Block& block);
std::string ShowAccounts(const v1::Cluster& cluster);
std::string ShowAccounts(const v1::IndexReport& report);
std::string ShowAccounts(const v1::Status& status);  // "" where there is none
std::string ShowAccounts(const v1::Transaction& transaction);
std::string Show(const v1::Cluster& cluster);
std::string Show(const v1::Evaluation& evaluation);
std::string Show(const v1::Evidence& evidence);
std::string Show(const v1::Exposure& exposure);
std::string Show(const v1::ImportReport& report);
std::string Show(const v1::IndexReport& report);
std::string Show(const v1::RemovalReport& report);
// Labels of an address or a cluster, below what else is told of it; "" where there are none.
// `count`: how many there are, where these are not all.
std::string ShowLabels(const google::protobuf::RepeatedPtrField<v1::Label>& labels,
                       std::uint64_t count = 0);
// An alarm, if there is one.
std::string ShowGrowth(const v1::ClusterGrowth& growth);
std::string Show(const v1::Path& path);
// Of all labels of one request.
std::string ShowBounds(const std::vector<v1::Bounds>& all);
// One direction of a peel chain, without a header.
std::string ShowPeel(const std::vector<v1::PeelHop>& hops, const v1::PeelEnd& end);
// Of one subject, without a header.
std::string ShowScreening(const v1::ScreeningResult& result);
// Those of one subject, its summary the last, without a header.
std::string ShowTypologies(const std::vector<v1::Typology>& typologies);
// All hints and summaries of one answer.
std::string ShowHints(const std::vector<v1::HintEvent>& events);
// Without a header.
std::string ShowTimeline(const v1::Timeline& timeline);
// Of one subject, without a header.
std::string ShowSuccessors(const std::vector<v1::Successor>& successors,
                           const v1::SuccessorSummary& summary);
// `asked`: the network that --network names; empty where it names none.
std::string Show(const v1::Seller& seller, std::string_view asked);
std::string Show(const v1::Status& status);
std::string Show(const v1::Transaction& transaction);
std::string Show(const v1::TransactionKind& kind);
std::string Show(const v1::VerifyReport& report);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_SHOW_H_
