set(interaction_sources
  bargmann.cpp
  gaussian_plus_yukawa_power.cpp
  local_potential.cpp
  potential_presets.cpp
  potential_registry.cpp
  simple_wells.cpp
  sums_of_gaussians.cpp)
