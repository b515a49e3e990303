#include "hadronforce/femtoscopy/lambda_decomposition.hpp"

#include "hadronforce/error.hpp"

namespace hadronforce {

Eigen::ArrayXd lambda_decomposition(std::vector<PairFraction> const& parts) {
    if (parts.empty()) throw InputError("a lambda decomposition needs at least one part");
    Eigen::ArrayXd sum = Eigen::ArrayXd::Ones(parts.front().correlation.size());
    for (auto const& part : parts) {
        if (part.correlation.size() != sum.size())
            throw InputError("the parts of a lambda decomposition differ in length");
        sum += part.lambda * (part.correlation - 1.0);
    }
    return sum;
}

}  // namespace hadronforce
