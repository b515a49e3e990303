set(femtoscopy_sources
  correlation_solver.cpp
  lednicky_lyuboshits.cpp
  nonlocal_correlation.cpp
  source.cpp)
