# cmake --install BUILD [--prefix PREFIX]: programs, what they look for, and the models as libraries
# (docs/guide/own-program.md). The libraries themselves are named where they are made.
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/bouncelab)

install(DIRECTORY formats models DESTINATION ${BOUNCELAB_HEADERS}
  FILES_MATCHING PATTERN "*.h" PATTERN personas EXCLUDE)
install(EXPORT bouncelabTargets NAMESPACE bouncelab:: DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/bouncelabConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES cmake/bouncelabConfig.cmake cmake/BouncelabPackages.cmake
  ${PROJECT_BINARY_DIR}/bouncelabConfigVersion.cmake DESTINATION ${package})

if(BOUNCELAB_LAB)
  install(TARGETS bouncelab bouncelab-detect)
  # As in the source tree, so that a program finds either by the same names.
  foreach(data scenarios models/personas detectors/adapters results/baselines results/verdicts docs/schema peers)
    get_filename_component(parent ${data} DIRECTORY)
    install(DIRECTORY ${data} DESTINATION ${BOUNCELAB_DATA}/${parent} USE_SOURCE_PERMISSIONS)
  endforeach()
  install(FILES packages.apt DESTINATION ${BOUNCELAB_DATA})
  install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} USE_SOURCE_PERMISSIONS)
endif()
