#include "lattice/sample_fits_datasets.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <cmath>

namespace hadronforce {

void write_sample_fits(File& file, SampleFits const& fits) {
    file.write_all("/samples/parameters", fits.parameters.topRows(fits.done), Precision::float64,
                   {"1", "weights and biases of each sample's network", {"sample", "parameter"}});
    file.write_vector("/samples/residual", fits.residual, {"1", "relative residual of each sample's fit", {"sample"}});
    file.write_vector("/samples/steps", {fits.steps.begin(), fits.steps.end()}, {"1", "steps of its fit", {"sample"}});
    file.write_vector("/samples/converged", {fits.converged.begin(), fits.converged.end()},
                      {"1", "1 where it converged, else 0: not to be averaged", {"sample"}});
}

SampleFits read_sample_fits(File const& file, Eigen::Index parameters) {
    SampleFits fits;
    fits.parameters = file.read_all("/samples/parameters");
    fits.done = fits.parameters.rows();
    auto const residual = file.read_all("/samples/residual");
    auto const steps = file.read_all("/samples/steps"), converged = file.read_all("/samples/converged");
    agree(file.comm(), [&] {
        auto const fits_in = [&](RowMatrixXd const& column) {
            return column.rows() == fits.done && column.cols() == 1;
        };
        if (fits.parameters.cols() != parameters || !fits.parameters.allFinite() || !fits_in(residual) ||
            !fits_in(steps) || !fits_in(converged) || ((converged.array() != 0.0) && (converged.array() != 1.0)).any())
            throw InputError(file.path() + ":/samples: does not fit the network; fit the kernel again");
    });
    for (Eigen::Index i = 0; i < fits.done; ++i) {
        fits.residual.push_back(residual(i, 0));
        fits.steps.push_back(std::llround(steps(i, 0)));
        fits.converged.push_back(std::llround(converged(i, 0)));
    }
    return fits;
}

}  // namespace hadronforce
