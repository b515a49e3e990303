#include "learning/networks/activation.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/learning/network_forms.hpp"

#include <map>

namespace hadronforce {
namespace {

std::map<std::string, networks::Activation> const& activations() {
    static std::map<std::string, networks::Activation> const known{
        {"silu", [](torch::Tensor const& x) { return torch::silu(x); }},
        {"tanh", [](torch::Tensor const& x) { return torch::tanh(x); }},
        {"relu", [](torch::Tensor const& x) { return torch::relu(x); }},
        {"gelu", [](torch::Tensor const& x) { return torch::gelu(x); }}};
    return known;
}

}  // namespace

networks::Activation networks::activation_of(std::string const& name) {
    auto const found = activations().find(name);
    if (found == activations().end()) throw InputError("a network with the activation " + name + " is not known");
    return found->second;
}

std::vector<std::string> activation_names() {
    std::vector<std::string> names;
    for (auto const& [name, function] : activations()) names.push_back(name);
    return names;
}

}  // namespace hadronforce
