set(femtoscopy_sources
  correlation_solver.cpp
  lednicky_lyuboshits.cpp
  source.cpp)
