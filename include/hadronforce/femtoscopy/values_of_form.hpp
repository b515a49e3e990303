#pragma once

#include "hadronforce/femtoscopy/model_form.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"

#include <Eigen/Core>

#include <memory>
#include <utility>
#include <vector>

namespace hadronforce {

/// Makes a form's potentials or sources of one set of parameters after the other, without looking up names again. One
/// object a thread.
class ValuesOfForm {
  public:
    /// Throws InputError for an unknown form, and for missing or unknown keys.
    static ValuesOfForm of_potential(ModelForm const& form);
    static ValuesOfForm of_source(ModelForm const& form);

    /// As make_potential and make_source. Throw InputError for a value that is not finite or out of range.
    std::unique_ptr<LocalPotential> potential(Eigen::VectorXd const& parameters, double reduced_mass_MeV);
    std::unique_ptr<Source> source(Eigen::VectorXd const& parameters);

  private:
    struct Place {
        char const* key;
        double* value;  ///< in values_, whose nodes stay where they are when it is moved
        Eigen::Index parameter;
        double largest;  ///< magnitude
    };
    ValuesOfForm(ModelForm const& form, std::vector<PotentialParameter> const& asked, PotentialParameters completed);
    PotentialParameters const& at(Eigen::VectorXd const& parameters);

    PotentialForm const* potential_form_ = nullptr;
    SourceForm const* source_form_ = nullptr;
    std::unique_ptr<PotentialParameters> values_;
    std::vector<Place> places_;
};

}  // namespace hadronforce
