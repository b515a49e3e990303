#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/number_reader.hpp"

#include <optional>
#include <string>

namespace hadronforce {

struct Pair {
    std::string name;
    double mass1_MeV = 0.0;
    double mass2_MeV = 0.0;
    int charge_product = 0;         ///< positive repels
    double charge_radius_fm = 0.0;  ///< of SmearedCharges; 0: points
    double reduced_mass_MeV() const;
};

/// Accepts masses from beyond the electron's to beyond the heaviest nuclei's, 0.001 to 1e9 MeV.
Check<double> mass();

/// The section `pair` of `section`; name and masses may be left out where `potential` is a preset, which brings them,
/// and with them the section. Throws InputError with file and line.
Pair read_pair(Section const& section, Communicator const& comm);

/// Reads the keys of the charges of a section `pair`. Throws InputError with file and line.
void read_charges(Section const& given, Pair& pair);

/// Collective. Reads `pair`, `potential`, `channels` or `interaction`, and `source`, or `coupled` in place of all
/// (docs/config_keys.md). `default_source` serves where the section has none. Throws InputError with file and line.
PairModel read_pair_model(Section const& section, Communicator const& comm, NumberReader& numbers,
                          std::optional<ModelForm> const& default_source = {});

/// Reads `solver.tolerance`; of a table, whose knots the solver's estimate of its error does not know, it may not be as
/// small as else. Throws InputError with file and line.
double read_tolerance(Section const& root, PairModel const& model);

}  // namespace hadronforce
