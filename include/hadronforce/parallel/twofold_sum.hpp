#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <cstddef>
#include <vector>

namespace hadronforce {

/// Sums that are kept in two doubles each, some 106 bits: the same terms added in whatever order, by however many
/// ranks, round to the same doubles but for about one sum in 1e15.
class TwofoldSum {
  public:
    /// All zero.
    explicit TwofoldSum(std::size_t count) : pairs_(count) {}

    void add(std::size_t place, double term) { pairs_[place].add({term, 0.0}); }
    /// Collective, one reduction. Afterwards every rank has the sums over all ranks; same count on all.
    void reduce(Communicator const& comm);
    double value(std::size_t place) const { return pairs_[place].value + pairs_[place].rest; }
    /// value(place) - a b, the product taken exactly: for what nearly cancels.
    double minus_product(std::size_t place, double a, double b) const;

  private:
    /// value + rest, of which value is the rounded sum.
    struct Pair {
        double value = 0.0;
        double rest = 0.0;
        void add(Pair const& other);
    };
    static void add_pairs(void* in, void* in_out, int* count, MPI_Datatype* type);

    std::vector<Pair> pairs_;
};

}  // namespace hadronforce
