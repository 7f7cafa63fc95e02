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

# The built-in policies that AWS manages.
set(MANAGED_POLICIES ${GEN_DIR}/managed_policies.h ${GEN_DIR}/managed_policies.cc)
add_custom_command(
  OUTPUT ${MANAGED_POLICIES}
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/codegen/managed_policies.py ${PROJECT_SOURCE_DIR}/model ${GEN_DIR}
  DEPENDS ${MODEL_FILES} ${CODEGEN_FILES}
  VERBATIM)
add_library(gen_managed_policies STATIC ${MANAGED_POLICIES})
target_link_libraries(gen_managed_policies PUBLIC room_aws PRIVATE claviger_options)

# What policies may say about the services.
set(POLICY_ACTIONS ${GEN_DIR}/policy_actions.h ${GEN_DIR}/policy_actions.cc)
add_custom_command(
  OUTPUT ${POLICY_ACTIONS}
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/codegen/policy_actions.py ${PROJECT_SOURCE_DIR}/model ${GEN_DIR}
  DEPENDS ${MODEL_FILES} ${CODEGEN_FILES}
  VERBATIM)
add_library(gen_policy_actions STATIC ${POLICY_ACTIONS})
target_link_libraries(gen_policy_actions PUBLIC room_aws PRIVATE claviger_options)

# What is known of the services that roles are linked to.
set(SERVICE_LINKED_ROLES ${GEN_DIR}/service_linked_roles.h ${GEN_DIR}/service_linked_roles.cc)
add_custom_command(
  OUTPUT ${SERVICE_LINKED_ROLES}
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/codegen/service_linked_roles.py ${PROJECT_SOURCE_DIR}/model ${GEN_DIR}
  DEPENDS ${MODEL_FILES} ${CODEGEN_FILES}
  VERBATIM)
add_library(gen_service_linked_roles STATIC ${SERVICE_LINKED_ROLES})
target_link_libraries(gen_service_linked_roles PUBLIC room_aws PRIVATE claviger_options)

# The condition keys of tokens of particular issuers.
set(CLAIM_KEYS ${GEN_DIR}/claim_keys.h ${GEN_DIR}/claim_keys.cc)
add_custom_command(
  OUTPUT ${CLAIM_KEYS}
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/codegen/claim_keys.py ${PROJECT_SOURCE_DIR}/model ${GEN_DIR}
  DEPENDS ${MODEL_FILES} ${CODEGEN_FILES}
  VERBATIM)
add_library(gen_claim_keys STATIC ${CLAIM_KEYS})
target_link_libraries(gen_claim_keys PUBLIC room_aws PRIVATE claviger_options)

# All that is generated, for tools that read sources without building them.
add_custom_target(generated DEPENDS ${GEN_DIR}/error_code.h ${GEN_API_SOURCES} ${MANAGED_POLICIES} ${POLICY_ACTIONS}
                  ${SERVICE_LINKED_ROLES} ${CLAIM_KEYS})

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
