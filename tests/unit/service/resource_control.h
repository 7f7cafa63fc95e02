// Makes the account of a test's service a member of an organization with a resource control policy.
#pragma once

#include <algorithm>
#include <string>

#include "directory/organization_policy.h"
#include "directory/organization_setup.h"
#include "unit/service/service_fixture.h"

namespace claviger::service::testing {

// The statement's quotation marks may be single ones.
inline void BindByResourceControl(Service& service, std::string statement) {
  std::ranges::replace(statement, '\'', '"');
  service.Change([&](directory::Directory& directory) -> Result<> {
    const directory::Context management = InAccount(directory.context, kOtherAccount);
    TRY(directory::InsertAccount(directory.context.transaction, {.id = kOtherAccount, .created = {}}));
    directory::Organization organization = TRY(directory::CreateOrganization(
        management, directory::FeatureSet::kAll,
        {.id = kOtherAccount.ToString(), .name = "m", .email = "m@example.com", .parent = {}, .joined = {}}, {}));
    directory::OrganizationDirectory parts(directory.context, kOtherAccount);
    TRY(directory::AddMember(parts, organization,
                             {.id = kAccount.ToString(),
                              .name = "dev",
                              .email = "dev@example.com",
                              .parent = organization.root_id,
                              .joined = {}}));
    constexpr auto kType = directory::ControlPolicyType::kResourceControl;
    organization.enabled_types.push_back(kType);
    parts.Put(organization);
    parts.policies.Put({.id = "p-rcp",
                        .type = kType,
                        .name = "rcp",
                        .description = {},
                        .content = R"({"Version":"2012-10-17","Statement":)" + statement + "}",
                        .tags = {}});
    directory::ControlAttachments attachments(parts);
    for (const std::string& target : {organization.root_id, kAccount.ToString()}) {
      attachments.Attach(directory::DefaultControlPolicy(kType).id, target);
    }
    attachments.Attach("p-rcp", organization.root_id);
    return {};
  });
}

}  // namespace claviger::service::testing
