set(femtoscopy_sources
  chebyshev_panels.cpp
  correlation_solver.cpp
<<<<<<< HEAD
  free_wave_tables.cpp
=======
  coupled_correlation.cpp
>>>>>>> coupled
  lednicky_lyuboshits.cpp
  levy_source.cpp
  nonlocal_correlation.cpp
  pair_correlation.cpp
  partial_wave_correlation.cpp
  resonance_source.cpp
  simple_sources.cpp
  source.cpp
  source_registry.cpp
  tabulated_source.cpp)
