#include "policy/delegation_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace claviger::policy {
namespace {

using testing::ElementsAre;

// Quotation marks may be single ones.
std::string Quoted(std::string text) {
  std::ranges::replace(text, '\'', '"');
  return text;
}

// A template of one statement about S3.
std::string On(const std::string& resource) {
  return Quoted(
      "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'s3:GetObject','Resource':" + resource + "}]}");
}

MATCHER_P(Renders, text, "") {
  if (!arg.ok()) *result_listener << arg.error();
  return arg.ok() && *arg == Quoted(text);
}
MATCHER_P(FailsBecause, text, "") {
  if (arg.ok()) return false;
  *result_listener << arg.error();
  return arg.error() == text;
}

TemplateParameter One(std::string name, std::string value) { return {std::move(name), false, {std::move(value)}}; }

TEST(RenderTemplate, PutsAValueInItsPlace) {
  const std::vector<TemplateParameter> parameters = {One("bucketName", "customer-data")};
  EXPECT_THAT(RenderTemplate(On("'arn:aws:s3:::@{bucketName}/*'"), parameters),
              Renders(On("'arn:aws:s3:::customer-data/*'")));
}

TEST(RenderTemplate, MakesAnEntryOfEachValueOfAList) {
  const std::vector<TemplateParameter> parameters = {{"bucketNames", true, {"bucket-1", "bucket-2"}}};
  EXPECT_THAT(RenderTemplate(On("'arn:aws:s3:::@{bucketNames}/*'"), parameters),
              Renders(On("['arn:aws:s3:::bucket-1/*','arn:aws:s3:::bucket-2/*']")));
  EXPECT_THAT(RenderTemplate(On("['arn:aws:s3:::first','arn:aws:s3:::@{bucketNames}']"), parameters),
              Renders(On("['arn:aws:s3:::first','arn:aws:s3:::bucket-1','arn:aws:s3:::bucket-2']")));
}

TEST(RenderTemplate, MakesAnEntryOfEachCombination) {
  const std::vector<TemplateParameter> parameters = {
      {"bucketNames", true, {"b1", "b2"}}, One("prefix", "data"), {"names", true, {"x", "y"}}};
  EXPECT_THAT(RenderTemplate(On("'arn:aws:s3:::@{bucketNames}/@{prefix}/@{names}'"), parameters),
              Renders(On("['arn:aws:s3:::b1/data/x','arn:aws:s3:::b1/data/y','arn:aws:s3:::b2/data/x',"
                         "'arn:aws:s3:::b2/data/y']")));
  // The same name twice has the same value in both places.
  const std::vector<TemplateParameter> twice = {{"bucketNames", true, {"b1", "b2"}}};
  EXPECT_THAT(RenderTemplate(On("'arn:aws:s3:::@{bucketNames}/@{bucketNames}'"), twice),
              Renders(On("['arn:aws:s3:::b1/b1','arn:aws:s3:::b2/b2']")));
}

TEST(RenderTemplate, FillsActionsAndConditionValuesToo) {
  const std::string text = Quoted(
      "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'s3:@{verbs}','Resource':'*',"
      "'Condition':{'StringEquals':{'aws:RequestTag/team':'@{teams}'},'Bool':{'aws:SecureTransport':true}}}}");
  const std::vector<TemplateParameter> parameters = {{"verbs", true, {"GetObject", "PutObject"}}, One("teams", "blue")};
  EXPECT_THAT(RenderTemplate(text, parameters),
              Renders("{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':['s3:GetObject','s3:PutObject'],"
                      "'Resource':'*','Condition':{'StringEquals':{'aws:RequestTag/team':'blue'},'Bool':"
                      "{'aws:SecureTransport':true}}}}"));
}

TEST(RenderTemplate, KeepsStatementsThatAreEnabled) {
  const std::string text = Quoted(
      "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'s3:ListBucket','Resource':'*'},"
      "{'@Enabled':'WRITES','Effect':'Allow','Action':'s3:PutObject','Resource':'*'},"
      "{'@Enabled':'!WRITES','Effect':'Deny','Action':'s3:PutObject','Resource':'*'}]}");
  const std::string front =
      "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'s3:ListBucket','Resource':'*'},";
  const auto with = [&](const std::string& value) {
    const std::vector<TemplateParameter> parameters = {One("WRITES", value)};
    return RenderTemplate(text, parameters);
  };
  const std::string allowed = front + "{'Effect':'Allow','Action':'s3:PutObject','Resource':'*'}]}";
  const std::string denied = front + "{'Effect':'Deny','Action':'s3:PutObject','Resource':'*'}]}";
  EXPECT_THAT(with("True"), Renders(allowed));
  for (const char* value : {"False", "true", "", "1"}) EXPECT_THAT(with(value), Renders(denied)) << value;
}

TEST(RenderTemplate, DoesNotLookAtValuesAgain) {
  const std::vector<TemplateParameter> parameters = {One("first", "@{second}\",\"*"), One("second", "secret")};
  const auto rendered = RenderTemplate(On("['arn:aws:s3:::@{first}','arn:aws:s3:::@{second}']"), parameters);
  ASSERT_TRUE(rendered.ok()) << rendered.error();
  EXPECT_EQ(*rendered, R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":)"
                       R"(["arn:aws:s3:::@{second}\",\"*","arn:aws:s3:::secret"]}]})");
}

TEST(RenderTemplate, AsksForExactlyTheParametersOfTheTemplate) {
  const std::string text = On("'arn:aws:s3:::@{bucketName}'");
  const auto with = [&](std::vector<TemplateParameter> parameters) { return RenderTemplate(text, parameters); };
  EXPECT_THAT(with({}), FailsBecause("the parameter `bucketName` is missing"));
  EXPECT_THAT(with({One("bucketName", "b"), One("other", "x")}), FailsBecause("the template has no parameter `other`"));
  EXPECT_THAT(with({One("bucketName", "b"), One("bucketName", "c")}),
              FailsBecause("the parameter `bucketName` is given twice"));
  EXPECT_THAT(with({{"bucketName", false, {"b", "c"}}}),
              FailsBecause("the parameter `bucketName` must have exactly one value"));
  EXPECT_THAT(with({{"bucketName", false, {}}}),
              FailsBecause("the parameter `bucketName` must have exactly one value"));
  EXPECT_THAT(with({{"bucketName", true, {}}}), FailsBecause("the parameter `bucketName` must have a value"));
}

TEST(RenderTemplate, TakesNoListToDecideAboutAStatement) {
  const std::string text = Quoted(
      "{'Version':'2012-10-17','Statement':[{'@Enabled':'WRITES','Effect':'Allow','Action':'*','Resource':'*'}]}");
  const std::vector<TemplateParameter> list = {{"WRITES", true, {"True"}}};
  EXPECT_THAT(RenderTemplate(text, list), FailsBecause("the parameter `WRITES` must be a string"));
  const std::vector<TemplateParameter> off = {One("WRITES", "False")};
  EXPECT_THAT(RenderTemplate(text, off), FailsBecause("no statement is left"));
}

TEST(RenderTemplate, RefusesWhatIsTooLong) {
  const std::string text = On("'arn:aws:s3:::@{names}/@{others}/@{thirds}'");
  const std::vector<std::string> many(1000, "x");
  const std::vector<TemplateParameter> product = {
      {"names", true, many}, {"others", true, many}, {"thirds", true, many}};
  EXPECT_THAT(RenderTemplate(text, product), FailsBecause("the rendered policy is larger than 2048 characters"));
  const std::vector<TemplateParameter> one = {One("bucketName", std::string(2048, 'x'))};
  EXPECT_THAT(RenderTemplate(On("'arn:aws:s3:::@{bucketName}'"), one),
              FailsBecause("the rendered policy is larger than 2048 characters"));
  const std::string sized = On("'arn:aws:s3:::'");
  const std::vector<TemplateParameter> fits = {One("bucketName", std::string(2048 - sized.size(), 'x'))};
  EXPECT_TRUE(RenderTemplate(On("'arn:aws:s3:::@{bucketName}'"), fits).ok());
}

TEST(RenderTemplate, RefusesWhatIsNoPolicy) {
  const std::vector<TemplateParameter> odd = {One("verbs", "Get Object")};
  const std::string text =
      Quoted("{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'@{verbs}','Resource':'*'}}");
  const auto rendered = RenderTemplate(text, odd);
  ASSERT_FALSE(rendered.ok());
  EXPECT_TRUE(rendered.error().starts_with("the template does not make a policy: ")) << rendered.error();
}

TEST(TemplateParameters, AreNamedInTheirOrder) {
  const std::string text = Quoted(
      "{'Version':'2012-10-17','Statement':[{'@Enabled':'!SWITCH','Effect':'Allow','Action':'s3:*','Resource':"
      "['arn:aws:s3:::@{first}','arn:aws:s3:::@{second}/@{first}']}]}");
  const auto names = policy::TemplateParameters(text);
  ASSERT_TRUE(names.ok()) << names.error();
  EXPECT_THAT(*names, ElementsAre("SWITCH", "first", "second"));
}

TEST(TemplateParameters, AreRefusedWhereTheyCannotStand) {
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"[]", "a template must be an object"},
           {"{", "the template is not JSON: expected a name in quotes"},
           {"{'Version':'2012-10-17'}", "Statement is missing"},
           {"{'Version':'2012-10-17','Statement':[]}", "no statement is left"},
           {"{'Version':'@{version}','Statement':[]}",
            "a parameter may stand in actions, resources and condition values only: @{version}"},
           {"{'Statement':{'Effect':'Allow','Action':'*','Resource':'@{open'}}", "a placeholder is not closed: @{open"},
           {"{'Statement':{'Effect':'Allow','Action':'*','Resource':'@{}'}}",
            "a placeholder has no name that a parameter can have"},
           {"{'Statement':{'@Enabled':1,'Effect':'Allow','Action':'*','Resource':'*'}}", "@Enabled must be a text"},
           {"{'Statement':{'@Enabled':'!','Effect':'Allow','Action':'*','Resource':'*'}}",
            "@Enabled names no parameter"},
           {"{'Statement':7}", "Statement must be an object or a list of them"},
           {"{'Statement':[7]}", "a statement must be an object"}}) {
    EXPECT_THAT(policy::TemplateParameters(Quoted(text)), FailsBecause(why)) << text;
  }
}

TEST(RenderSample, HasAllStatements) {
  EXPECT_THAT(RenderSample(Quoted("{'Version':'2012-10-17','Statement':[{'@Enabled':'ON','Effect':'Allow','Action':"
                                  "'s3:*','Resource':'arn:aws:iam::@{AccountId}:role/x'},{'@Enabled':'!ON','Effect':"
                                  "'Deny','Action':'s3:*','Resource':'*'}]}")),
              Renders("{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'s3:*','Resource':"
                      "'arn:aws:iam::000000000000:role/x'},{'Effect':'Deny','Action':'s3:*','Resource':'*'}]}"));
}

TEST(RenderSample, LetsAWholeActionOrResourceBeAnything) {
  EXPECT_THAT(RenderSample(On("'@{bucketArn}'")), Renders(On("'*'")));
  const std::vector<TemplateParameter> parameters = {{"bucketArn", true, {"arn:aws:s3:::a", "arn:aws:s3:::b"}}};
  EXPECT_THAT(RenderTemplate(On("'@{bucketArn}'"), parameters), Renders(On("['arn:aws:s3:::a','arn:aws:s3:::b']")));
  const std::vector<TemplateParameter> wrong = {One("bucketArn", "no resource")};
  EXPECT_FALSE(RenderTemplate(On("'@{bucketArn}'"), wrong).ok());
}

}  // namespace
}  // namespace claviger::policy
