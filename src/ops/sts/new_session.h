// What all temporary credentials have in common when they are made.
#pragma once

#include <chrono>

#include "gen/sts/types.h"
#include "ops/context.h"
#include "session/token.h"

namespace claviger::ops::sts {

// A session that the caller asks for, with its times and where it began. The caller's own until told otherwise.
session::Session SessionFor(const OperationContext& context, std::chrono::seconds duration);

// Gives `session` a key and secret of its own and seals it.
gen::sts::Credentials IssueCredentials(OperationContext& context, session::Session session);

}  // namespace claviger::ops::sts
