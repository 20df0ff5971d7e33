// Confidence intervals: Wilson's for a proportion, the percentile bootstrap for anything else.
#ifndef COINWAKE_EVALUATION_INTERVAL_H_
#define COINWAKE_EVALUATION_INTERVAL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/figure.h"

namespace coinwake::evaluation {

// The score interval (Wilson 1927), 95 %, which stays within 0 and 1 and does not shrink to nothing
// at their ends. nullopt without trials. REQUIRES: successes <= trials.
std::optional<Interval> WilsonInterval(std::uint64_t successes, std::uint64_t trials);

// successes / trials with Wilson's interval. As WilsonInterval.
std::optional<Figure> Proportion(std::uint64_t successes, std::uint64_t trials, FigureKind kind);

struct BootstrapOptions {
  std::uint32_t resamples = 1000;  // 0: no intervals
  std::uint64_t seed = 1;
};

// Draws samples of a population with replacement, each as large as the population (Efron 1979). The
// same seed draws the same samples on every machine.
class Resampler {
 public:
  Resampler(std::size_t population, std::uint64_t seed) : population_(population), state_(seed) {}

  // How often each of the population is in the next sample. O(population).
  void Draw(std::vector<std::uint32_t>* times);

 private:
  std::uint64_t Next();  // SplitMix64 (Steele, Lea, Flood 2014)

  std::size_t population_;
  std::uint64_t state_;
};

// The middle 95 % of `values`, which are sorted in place. nullopt of none.
std::optional<Interval> MiddleOf(std::vector<double>* values);

}  // namespace coinwake::evaluation

#endif  // COINWAKE_EVALUATION_INTERVAL_H_
