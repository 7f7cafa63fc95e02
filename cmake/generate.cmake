# What the build makes from model/: C++ in the build tree's gen/, never in src/.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(GEN_DIR ${PROJECT_BINARY_DIR}/gen)
file(GLOB_RECURSE MODEL_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/model/*.json)
file(GLOB CODEGEN_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/codegen/*.py)

add_custom_command(
  OUTPUT ${GEN_DIR}/error_code.h ${GEN_DIR}/error_code.cc
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/codegen/error_codes.py ${PROJECT_SOURCE_DIR}/model ${GEN_DIR}
  DEPENDS ${MODEL_FILES} ${CODEGEN_FILES}
  VERBATIM)
add_library(gen_error_code STATIC ${GEN_DIR}/error_code.cc ${GEN_DIR}/error_code.h)
target_include_directories(gen_error_code PUBLIC ${PROJECT_BINARY_DIR})
target_link_libraries(gen_error_code PRIVATE claviger_options)

# The operations of each service: structs, and the tables behind src/aws/shape.h.
set(GEN_API_SOURCES)
foreach(service cloudtrail iam organizations sts)
  set(outputs ${GEN_DIR}/${service}/types.h ${GEN_DIR}/${service}/operations.h ${GEN_DIR}/${service}/tables.cc)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/codegen/api_types.py ${PROJECT_SOURCE_DIR}/model ${service} ${GEN_DIR}
    DEPENDS ${MODEL_FILES} ${CODEGEN_FILES}
    VERBATIM)
  list(APPEND GEN_API_SOURCES ${outputs})
endforeach()
add_library(gen_api STATIC ${GEN_API_SOURCES})
target_link_libraries(gen_api PUBLIC room_base room_aws PRIVATE claviger_options)

# generate_table(NAME) makes gen/NAME.h and gen/NAME.cc by codegen/NAME.py, and the library gen_NAME of them.
set(GEN_TABLES)
function(generate_table NAME)
  set(outputs ${GEN_DIR}/${NAME}.h ${GEN_DIR}/${NAME}.cc)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/codegen/${NAME}.py ${PROJECT_SOURCE_DIR}/model ${GEN_DIR}
    DEPENDS ${MODEL_FILES} ${CODEGEN_FILES}
    VERBATIM)
  add_library(gen_${NAME} STATIC ${outputs})
  target_link_libraries(gen_${NAME} PUBLIC room_aws PRIVATE claviger_options)
  set(GEN_TABLES ${GEN_TABLES} ${outputs} PARENT_SCOPE)
endfunction()

generate_table(managed_policies)      # The built-in policies that AWS manages.
generate_table(policy_actions)        # What policies may say about the services.
generate_table(service_linked_roles)  # What is known of the services that roles are linked to.
generate_table(claim_keys)            # The condition keys of tokens of particular issuers.

# All that is generated, for tools that read sources without building them.
add_custom_target(generated DEPENDS ${GEN_DIR}/error_code.h ${GEN_API_SOURCES} ${GEN_TABLES})

# The generator's own tests: tests/unit/codegen/*_test.py, each by unittest.
if(CLAVIGER_TESTS)
  file(GLOB CODEGEN_TESTS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/codegen/*_test.py)
  foreach(test ${CODEGEN_TESTS})
    cmake_path(GET test STEM name)
    string(REGEX REPLACE "_test$" "" name ${name})
    add_test(NAME codegen/${name} COMMAND Python3::Interpreter ${test})
    set_tests_properties(codegen/${name} PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
  endforeach()
endif()
