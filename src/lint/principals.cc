#include "aws/account_id.h"
#include "aws/arn.h"
#include "lint/rules.h"

namespace claviger::lint {
namespace {

// Keys that tell who or what is behind a request, so that a condition on one limits `*`.
bool TellsWho(std::string_view key) {
  return key == "aws:principalarn" || key == "aws:principalaccount" || key == "aws:principalorgid" ||
         key == "aws:principalorgpaths" || key == "aws:userid" || key == "aws:sourcearn" ||
         key == "aws:sourceaccount" || key == "aws:sourceorgid" || key == "aws:sourceorgpaths" ||
         key == "aws:sourcevpc" || key == "aws:sourcevpce" || key == "aws:sourceip" ||
         key.starts_with("aws:principaltag/");
}

// The account of a principal, in whichever form; empty when it has none.
std::string_view AccountOf(std::string_view value) {
  if (AccountId::Parse(value)) return value;
  const auto arn = Arn::Parse(value);
  return arn ? arn->account : std::string_view();
}

bool IsWholeAccount(std::string_view value) {
  const auto arn = Arn::Parse(value);
  return AccountId::Parse(value) || (arn && arn->service == "iam" && arn->resource == "root");
}

bool IsSamlProvider(std::string_view value) { return value.find(":saml-provider/") != std::string_view::npos; }

void ReviewProvider(const Review& review, std::string_view provider) {
  const bool saml = IsSamlProvider(provider);
  const auto reads = [&](std::string_view ending) {
    return review.ReadsKey([&](std::string_view key) { return key.ends_with(ending); });
  };
  if (!reads(":aud")) {
    review.Say("provider-without-audience", "a token that `" + std::string(provider) +
                                                "` made for somebody else is good enough: ask for " +
                                                (saml ? "SAML:aud" : "its :aud key"));
  }
  if (!saml && !reads(":sub")) {
    review.Say("provider-without-subject",
               "everybody whom `" + std::string(provider) + "` knows may assume the role: ask for its :sub key");
  }
}

void ReviewTrustedAccount(const Review& review, std::string_view value) {
  const std::string_view account = AccountOf(value);
  if (review.options.use != Use::kTrust || !IsWholeAccount(value) || account == review.options.account) return;
  const bool asks = review.ReadsKey([](std::string_view key) {
    return key == "sts:externalid" || key.starts_with("aws:multifactorauth") || TellsWho(key);
  });
  if (asks) return;
  review.Say("account-without-external-id",
             "everybody in account " + std::string(account) +
                 " whom its administrators let may assume the role: if it is not yours, ask for an sts:ExternalId");
}

}  // namespace

void ReviewPrincipals(const Review& review) {
  const auto& element = review.statement().principal;
  if (!element || !review.allows() || review.options.use == Use::kResourceControl) return;
  if (element->negated) {
    review.Say("not-principal-with-allow", "NotPrincipal allows everybody whom it does not name, the anonymous too");
    return;
  }
  bool everyone = element->everyone;
  for (const policy::Principal& principal : element->principals) {
    switch (principal.kind) {
      case policy::PrincipalKind::kAws:
        everyone = everyone || principal.value == "*";
        ReviewTrustedAccount(review, principal.value);
        break;
      case policy::PrincipalKind::kFederated:
        ReviewProvider(review, principal.value);
        break;
      case policy::PrincipalKind::kService:
        if (review.options.use == Use::kResource && !review.ReadsKey([](std::string_view key) {
              return key.starts_with("aws:source") && key != "aws:sourceip";
            })) {
          review.Say("service-without-source", "`" + principal.value +
                                                   "` may come on behalf of any account: ask for aws:SourceArn or "
                                                   "aws:SourceAccount");
        }
        break;
      case policy::PrincipalKind::kCanonicalUser:
        break;
    }
  }
  if (everyone && !review.ReadsKey(TellsWho)) {
    review.Say("allow-everybody", "`*` is everybody in every account, and no condition says who");
  }
}

}  // namespace claviger::lint
