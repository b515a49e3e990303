# `cmake --install`: the programs (component `runtime`), the Python package (`python`, in src/python) and, for other
# projects, headers, static libraries and a package file (`development`): find_package(hadronforce) gives
# hadronforce::physics; with COMPONENTS mpi also all others down to hadronforce::setup, which reads configs. Training
# and inference are for the program alone.

include(CMakePackageConfigHelpers)
include(CheckCXXSourceCompiles)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hadronforce)

# Eigen aligns what it allocates to the widest register of the instruction set it is compiled for, so whoever shares
# matrices with our libraries has to align as they do.
if(HADRONFORCE_NATIVE AND CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_REQUIRED_FLAGS -march=native)
  check_cxx_source_compiles("#ifndef __AVX512F__\n#error\n#endif\nint main() {}" HADRONFORCE_BUILT_WITH_AVX512)
  check_cxx_source_compiles("#ifndef __AVX__\n#error\n#endif\nint main() {}" HADRONFORCE_BUILT_WITH_AVX)
  unset(CMAKE_REQUIRED_FLAGS)
  if(HADRONFORCE_BUILT_WITH_AVX512)
    set(alignment EIGEN_MAX_ALIGN_BYTES=64)
  elseif(HADRONFORCE_BUILT_WITH_AVX)
    set(alignment EIGEN_MAX_ALIGN_BYTES=32)
  endif()
  if(alignment)
    target_compile_definitions(hadronforce_physics INTERFACE $<INSTALL_INTERFACE:${alignment}>)
  endif()
endif()

set(installed_rooms units interaction scattering femtoscopy)
install(TARGETS hadronforce_physics EXPORT hadronforce-physics
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(EXPORT hadronforce-physics NAMESPACE hadronforce:: DESTINATION ${package_dir} COMPONENT development)
if(NOT HADRONFORCE_PHYSICS_ONLY)
  set(mpi_rooms random parameters parallel storage config measurement dataset fit lattice report setup)
  list(APPEND installed_rooms ${mpi_rooms})
  list(TRANSFORM mpi_rooms PREPEND hadronforce_)
  set_target_properties(hadronforce_hdf5 PROPERTIES EXPORT_NAME hdf5)
  install(TARGETS hadronforce_hdf5 ${mpi_rooms} EXPORT hadronforce-mpi
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
  install(EXPORT hadronforce-mpi NAMESPACE hadronforce:: DESTINATION ${package_dir} COMPONENT development)
  # A LibTorch outside the system's folders is found where it was when the program was linked.
  set(programs hadronforce)
  if(HADRONFORCE_LEARNING)
    list(APPEND programs hadronforce-learning)
  endif()
  set_target_properties(${programs} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS ${programs} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
endif()

install(FILES include/hadronforce/error.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/hadronforce COMPONENT development)
foreach(room IN LISTS installed_rooms)
  install(DIRECTORY include/hadronforce/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/hadronforce
          COMPONENT development)
endforeach()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)

configure_package_config_file(tools/cmake/hadronforce-config.cmake.in ${PROJECT_BINARY_DIR}/hadronforce-config.cmake
                              INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/hadronforce-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/hadronforce-config.cmake ${PROJECT_BINARY_DIR}/hadronforce-config-version.cmake
        DESTINATION ${package_dir} COMPONENT development)
