#include "policy/condition_operator.h"

#include <gtest/gtest.h>

namespace claviger::policy {
namespace {

TEST(ParseConditionOperator, TakesPrefixAndSuffix) {
  EXPECT_EQ(ParseConditionOperator("ForAnyValue:StringNotLikeIfExists"),
            (ConditionOperator{Comparison::kStringLike, true, Quantifier::kForAnyValue, true}));
  EXPECT_EQ(ParseConditionOperator("Bool"), (ConditionOperator{Comparison::kBool, false, Quantifier::kNone, false}));
}

TEST(ParseConditionOperator, ComesBackAsSpelled) {
  for (const char* name : {"StringEquals",
                           "StringNotEquals",
                           "StringEqualsIgnoreCase",
                           "StringNotEqualsIgnoreCase",
                           "StringLike",
                           "StringNotLike",
                           "NumericEquals",
                           "NumericNotEquals",
                           "NumericLessThan",
                           "NumericLessThanEquals",
                           "NumericGreaterThan",
                           "NumericGreaterThanEquals",
                           "DateEquals",
                           "DateNotEquals",
                           "DateLessThan",
                           "DateLessThanEquals",
                           "DateGreaterThan",
                           "DateGreaterThanEquals",
                           "Bool",
                           "BinaryEquals",
                           "IpAddress",
                           "NotIpAddress",
                           "ArnEquals",
                           "ArnLike",
                           "ArnNotEquals",
                           "ArnNotLike",
                           "Null",
                           "StringLikeIfExists",
                           "ForAllValues:ArnLike",
                           "ForAnyValue:NumericLessThanIfExists"}) {
    const auto op = ParseConditionOperator(name);
    ASSERT_TRUE(op) << name;
    EXPECT_EQ(ConditionOperatorName(*op), name);
  }
}

TEST(ParseConditionOperator, RefusesOtherSpellings) {
  for (const char* name : {"", "stringEquals", "StringEqual", "ForAnyValue::StringEquals", "forAnyValue:StringEquals",
                           "ForAnyValue:ForAllValues:StringEquals", "StringEqualsIfExistsIfExists", "NullIfExists",
                           "ForAnyValue:Null", "BoolNot", "IfExists", "ForAllValues:"}) {
    EXPECT_EQ(ParseConditionOperator(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace claviger::policy
