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
  # What the program says of itself.
  set(texts ${PROJECT_BINARY_DIR}/texts)
  file(GLOB scenarios CONFIGURE_DEPENDS scenarios/*/scenario.yaml)
  set(self ${CMAKE_COMMAND} -E env --unset=BOUNCELAB_DATA $<TARGET_FILE:bouncelab>)
  add_custom_command(OUTPUT ${texts}/bouncelab.1
    COMMAND ${CMAKE_COMMAND} -E make_directory ${texts}
    COMMAND ${self} manual > ${texts}/bouncelab.1
    COMMAND ${self} completion bash > ${texts}/bouncelab.bash
    COMMAND ${self} completion zsh > ${texts}/bouncelab.zsh
    COMMAND ${self} completion fish > ${texts}/bouncelab.fish
    DEPENDS bouncelab ${scenarios} VERBATIM)
  add_custom_target(installed-texts ALL DEPENDS ${texts}/bouncelab.1)
  install(FILES ${texts}/bouncelab.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${texts}/bouncelab.bash RENAME bouncelab
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${texts}/bouncelab.zsh RENAME _bouncelab
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${texts}/bouncelab.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  install(FILES packages.apt DESTINATION ${BOUNCELAB_DATA})
  install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} USE_SOURCE_PERMISSIONS)
endif()
