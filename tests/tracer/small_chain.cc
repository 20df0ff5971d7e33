#include "tests/tracer/small_chain.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake {

struct SmallChain::Impl {
  explicit Impl(std::optional<std::uint64_t> window_from)
      : builder(IndexBuilder::Options{window_from}), next(builder.transactions_count()) {}

  void Flush() {
    if (!block.empty()) builder.AddBlock(block);
    block.clear();
  }
  SimpleTransaction Describe(const std::vector<ChainOutput>& outputs) {
    SimpleTransaction tx;
    tx.name = absl::StrCat("t", next);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      SimpleOutput output;
      output.value = outputs[i].value;
      output.address = outputs[i].to.empty() ? absl::StrCat(tx.name, ":", i) : outputs[i].to;
      if (outputs[i].to == "OP_RETURN") {
        output.script = {0x6a, 0x01, 0x2a};
        output.type = ScriptType::kNullData;
      }
      tx.outputs.push_back(output);
    }
    return tx;
  }

  IndexBuilder builder;
  std::uint64_t next;  // number of the next transaction
  std::vector<SimpleTransaction> block;
  FaultFileSystem files;
  OpenIndex index;
};

SmallChain::SmallChain(std::optional<std::uint64_t> window_from)
    : impl_(std::make_unique<Impl>(window_from)) {}
SmallChain::~SmallChain() = default;

std::uint64_t SmallChain::Block(const std::vector<ChainOutput>& coinbase) {
  impl_->Flush();
  impl_->block.push_back(impl_->Describe(coinbase));
  return impl_->next++;
}

std::uint64_t SmallChain::Add(const std::vector<ChainInput>& inputs,
                              const std::vector<ChainOutput>& outputs) {
  SimpleTransaction tx = impl_->Describe(outputs);
  for (const ChainInput& input : inputs) {
    switch (input.kind) {
      case ChainInput::Kind::kOutput:
        tx.inputs.push_back(Spend(TxNum{input.tx}, input.vout));
        break;
      case ChainInput::Kind::kForeign:
        tx.inputs.push_back(SpendForeign("stranger", input.value));
        break;
      case ChainInput::Kind::kUnresolved:
        tx.inputs.push_back(SpendUnresolved());
        break;
    }
  }
  impl_->block.push_back(tx);
  return impl_->next++;
}

std::uint64_t SmallChain::Duplicate(std::uint64_t coinbase,
                                    const std::vector<ChainOutput>& outputs) {
  impl_->Flush();
  SimpleTransaction tx = impl_->Describe(outputs);
  tx.overwrites = absl::StrCat("t", coinbase);
  impl_->block.push_back(tx);
  return impl_->next++;
}

const View& SmallChain::Build() {
  impl_->Flush();
  absl::StatusOr<OpenIndex> index = impl_->builder.Build(impl_->files, "/data");
  COINWAKE_CHECK(index.ok());
  impl_->index = *std::move(index);
  return *impl_->index.view;
}

const FaultFileSystem& SmallChain::files() const { return impl_->files; }

OutputNum SmallChain::Output(std::uint64_t tx, std::uint32_t vout) const {
  return impl_->index.view->Outputs(TxNum{tx}).begin + vout;
}

AddressNum SmallChain::Address(const std::string& name) const {
  return impl_->builder.AddressOf(name);
}

namespace {

void ExpectConserved(const View& view, const TraceRequest& request, const TraceLines& lines) {
  for (const Summary& summary : lines.summaries) {
    EXPECT_EQ(summary.seeded.ToString(),
              (summary.unspent + summary.exits + summary.sinks).ToString())
        << request.labels[summary.label];
  }
  std::map<std::uint64_t, Taint> held;  // all labels of an output together
  for (const Holding& holding : lines.holdings) {
    const std::uint64_t value = view.Value(holding.output);
    EXPECT_LE(holding.taint, Taint::FromSatoshi(value));
    EXPECT_FALSE(holding.taint.is_zero());
    if (request.competing) held[holding.output.value] += holding.taint;
    EXPECT_EQ(holding.runs.empty(), !KeepsOrder(request.policy));
    std::uint64_t sum = 0;
    std::uint64_t of_label = 0;
    for (const Run& run : holding.runs) {
      sum += run.length;
      if (run.label == holding.label) of_label += run.length;
    }
    if (holding.runs.empty()) continue;
    EXPECT_EQ(sum, value);
    EXPECT_EQ(Taint::FromSatoshi(of_label), holding.taint);
  }
  for (const auto& [output, taint] : held) {
    EXPECT_LE(taint, Taint::FromSatoshi(view.Value(OutputNum{output})));
  }
}

}  // namespace

TraceLines TraceBoth(const View& view, const TraceRequest& request) {
  TraceRecorder recorder;
  const absl::StatusOr<TraceStats> stats = RunTrace(view, request, {}, nullptr, recorder);
  EXPECT_THAT(stats, IsOk());
  EXPECT_EQ(recorder.lines.ToString(request), ReferenceTrace(view, request).ToString(request));
  if (request.policy != Policy::kPoison) ExpectConserved(view, request, recorder.lines);
  return recorder.lines;
}

std::string RunsAt(const TraceLines& lines, const TraceRequest& request, OutputNum output) {
  std::string text;
  for (const Holding& holding : lines.holdings) {
    if (holding.output != output) continue;
    text.clear();
    for (const Run& run : holding.runs) {
      absl::StrAppend(&text, text.empty() ? "" : " ", run.length, "*",
                      run.label == kCleanLabel ? "-" : request.labels[run.label]);
    }
  }
  return text;
}

std::string TaintAt(const TraceLines& lines, const TraceRequest& request, OutputNum output,
                    const std::string& label) {
  for (const Holding& holding : lines.holdings) {
    if (holding.output == output && request.labels[holding.label] == label) {
      return holding.taint.ToString();
    }
  }
  return "0";
}

std::string SinkOf(const TraceLines& lines, const TraceRequest& request, const std::string& label,
                   SinkKind kind) {
  for (const Sink& sink : lines.sinks) {
    if (sink.kind == kind && request.labels[sink.label] == label) return sink.taint.ToString();
  }
  return "0";
}

std::string StoppedAt(const TraceLines& lines, const TraceRequest& request,
                      const std::string& label, const Stop& stop) {
  for (const Sink& sink : lines.sinks) {
    const bool is_it = sink.kind == stop.kind && sink.entity == stop.entity;
    if (is_it && request.labels[sink.label] == label) return sink.taint.ToString();
  }
  return "0";
}

}  // namespace coinwake
