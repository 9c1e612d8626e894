namespace ReadyOps.Core.Tests.Checks;

/// <summary>
/// What the tools themselves wrote of this repository, cut short: coverlet 6.0.4 (one class of its Cobertura, with the rates that it gives that
/// class), the C# compiler (two of its results), and dotnet test (two of its tests). Paths of the machine are replaced.
/// </summary>
internal static class RealReports
{
    public const string Coverlet = """
        <?xml version="1.0" encoding="utf-8"?>
        <coverage line-rate="0.8913" branch-rate="0.6363" version="1.9" timestamp="1795233780" lines-covered="41" lines-valid="46">
        <sources><source>/build/src/</source></sources>
        <packages><package name="ReadyOps" line-rate="0.8913" branch-rate="0.6363" complexity="53"><classes>
        <class name="ReadyOps.Bound" filename="ReadyOps/Bound.cs" line-rate="0.8913" branch-rate="0.6363" complexity="53"><methods><method name="get_Text" signature="()" line-rate="1" branch-rate="1" complexity="1"><lines><line number="22" hits="51" branch="False" /></lines></method><method name="Holds" signature="(System.Double)" line-rate="1" branch-rate="0.8571" complexity="14"><lines><line number="45" hits="54" branch="False" /><line number="46" hits="54" branch="True" condition-coverage="50% (2/4)"></line><line number="47" hits="54" branch="True" condition-coverage="100% (8/8)"></line><line number="48" hits="54" branch="False" /><line number="49" hits="12" branch="False" /><line number="50" hits="8" branch="False" /><line number="51" hits="4" branch="False" /><line number="52" hits="12" branch="False" /><line number="53" hits="9" branch="False" /><line number="54" hits="1" branch="False" /><line number="55" hits="8" branch="True" condition-coverage="100% (2/2)"></line><line number="56" hits="54" branch="False" /><line number="57" hits="54" branch="False" /></lines></method></methods>
        <lines>
        <line number="22" hits="51" branch="False" />
        <line number="25" hits="147" branch="False" />
        <line number="28" hits="72" branch="False" />
        <line number="34" hits="139" branch="False" />
        <line number="37" hits="175" branch="False" />
        <line number="40" hits="162" branch="False" />
        <line number="45" hits="54" branch="False" />
        <line number="46" hits="54" branch="True" condition-coverage="50% (2/4)"></line>
        <line number="47" hits="54" branch="True" condition-coverage="100% (8/8)"></line>
        <line number="48" hits="54" branch="False" />
        <line number="49" hits="12" branch="False" />
        <line number="50" hits="8" branch="False" />
        <line number="51" hits="4" branch="False" />
        <line number="52" hits="12" branch="False" />
        <line number="53" hits="9" branch="False" />
        <line number="54" hits="1" branch="False" />
        <line number="55" hits="8" branch="True" condition-coverage="100% (2/2)"></line>
        <line number="56" hits="54" branch="False" />
        <line number="57" hits="54" branch="False" />
        <line number="61" hits="4" branch="False" />
        <line number="62" hits="4" branch="True" condition-coverage="50% (1/2)"></line>
        <line number="63" hits="0" branch="True" condition-coverage="0% (0/2)"></line>
        <line number="64" hits="4" branch="False" />
        <line number="65" hits="4" branch="True" condition-coverage="50% (1/2)"></line>
        <line number="66" hits="4" branch="False" />
        <line number="72" hits="46" branch="True" condition-coverage="100% (10/10)"></line>
        <line number="73" hits="46" branch="False" />
        <line number="74" hits="46" branch="True" condition-coverage="50% (2/4)"></line>
        <line number="75" hits="24" branch="False" />
        <line number="76" hits="10" branch="False" />
        <line number="77" hits="6" branch="False" />
        <line number="78" hits="6" branch="False" />
        <line number="79" hits="46" branch="False" />
        <line number="83" hits="0" branch="True" condition-coverage="0% (0/8)"></line>
        <line number="84" hits="0" branch="False" />
        <line number="87" hits="0" branch="False" />
        <line number="90" hits="0" branch="False" />
        <line number="93" hits="34" branch="False" />
        <line number="12" hits="75" branch="False" />
        <line number="13" hits="75" branch="False" />
        <line number="14" hits="75" branch="False" />
        <line number="15" hits="75" branch="False" />
        <line number="16" hits="75" branch="False" />
        <line number="17" hits="75" branch="False" />
        <line number="18" hits="75" branch="True" condition-coverage="100% (2/2)"></line>
        <line number="19" hits="75" branch="False" /></lines></class>
        </classes></package></packages>
        </coverage>
        """;

    public const string Compiler = """
        {
          "$schema": "http://json.schemastore.org/sarif-2.1.0",
          "version": "2.1.0",
          "runs": [
            {
              "results": [
                {
                  "ruleId": "IDE0007",
                  "ruleIndex": 0,
                  "level": "note",
                  "message": {
                    "text": "use 'var' instead of explicit type"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "file:///build/tests/ReadyOps.Core.Tests/Targets/TargetDocument.cs"
                        },
                        "region": {
                          "startLine": 36,
                          "startColumn": 15,
                          "endLine": 36,
                          "endColumn": 27
                        }
                      }
                    }
                  ],
                  "properties": {
                    "warningLevel": 1,
                    "customProperties": {
                      "EquivalenceyKey": "TypeIsApparent"
                    }
                  }
                },
                {
                  "ruleId": "IDE0011",
                  "ruleIndex": 1,
                  "level": "note",
                  "message": {
                    "text": "Add braces to 'if' statement."
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "file:///build/tests/ReadyOps.Core.Tests/Targets/HaproxyTargetTests.cs"
                        },
                        "region": {
                          "startLine": 202,
                          "startColumn": 17,
                          "endLine": 202,
                          "endColumn": 19
                        }
                      }
                    }
                  ],
                  "properties": {
                    "warningLevel": 1
                  }
                }
              ],
              "tool": {
                "driver": {
                  "name": "Microsoft (R) Visual C# Compiler",
                  "version": "5.9.0-1.26423.113 (e34a38d2ae1fc26406a317517196e55c68ff83ab)",
                  "dottedQuadFileVersion": "5.9.0.0",
                  "semanticVersion": "5.9.0",
                  "rules": [
                    {
                      "id": "IDE0007",
                      "shortDescription": {
                        "text": "Use implicit type"
                      },
                      "defaultConfiguration": {
                        "level": "note"
                      },
                      "helpUri": "https://learn.microsoft.com/dotnet/fundamentals/code-analysis/style-rules/ide0007",
                      "properties": {
                        "category": "Style",
                        "executionTimeInSeconds": "<0.001",
                        "executionTimeInPercentage": "<1",
                        "tags": [
                          "Telemetry",
                          "EnforceOnBuild_HighlyRecommended"
                        ]
                      }
                    },
                    {
                      "id": "IDE0011",
                      "shortDescription": {
                        "text": "Add braces"
                      },
                      "defaultConfiguration": {
                        "level": "note"
                      },
                      "helpUri": "https://learn.microsoft.com/dotnet/fundamentals/code-analysis/style-rules/ide0011",
                      "properties": {
                        "category": "Style",
                        "executionTimeInSeconds": "<0.001",
                        "executionTimeInPercentage": "<1",
                        "tags": [
                          "Telemetry",
                          "EnforceOnBuild_HighlyRecommended"
                        ]
                      }
                    },
                    {
                      "id": "xUnit1005",
                      "shortDescription": {
                        "text": "Fact methods should not have test data"
                      },
                      "helpUri": "https://xunit.net/xunit.analyzers/rules/xUnit1005",
                      "properties": {
                        "category": "Usage",
                        "executionTimeInSeconds": "0.002",
                        "executionTimeInPercentage": "<1"
                      }
                    }
                  ]
                }
              },
              "invocations": [
                {
                  "executionSuccessful": true,
                  "ruleConfigurationOverrides": [
                    {
                      "descriptor": {
                        "id": "xUnit1005",
                        "index": 2
                      },
                      "configuration": {
                        "level": "error"
                      }
                    }
                  ]
                }
              ],
              "columnKind": "utf16CodeUnits"
            }
          ]
        }
        """;

    public const string DotnetTest = """
        <?xml version="1.0" encoding="utf-8"?>
        <TestRun id="1bf358d3-3673-4179-b7cb-a6e2aae45b6d" name="@vm 2026-11-21 04:02:58" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
          <Times creation="2026-11-21T04:02:58.6331508+00:00" queuing="2026-11-21T04:02:58.6331509+00:00" start="2026-11-21T04:02:47.6925663+00:00" finish="2026-11-21T04:03:00.5072866+00:00" />
          <TestSettings name="default" id="e2361657-e28f-4ef6-9ca9-13f6a7b214d0">
            <Deployment runDeploymentRoot="_vm_2026-11-21_04_02_58" />
          </TestSettings>
          <Results>
            <UnitTestResult executionId="2a71cfb9-632e-4f1d-ba15-dc61ea178b71" testId="42a3e2d5-a564-b3ef-2fcf-679e2e4b55fc" testName="ReadyOps.Core.Tests.Documents.BoundParserTests.What_is_no_bound_says_why(text: &quot;== 'a&quot;, why: &quot;quotation mark&quot;)" computerName="vm" duration="00:00:00.0000079" startTime="2026-11-21T04:02:58.5583810+00:00" endTime="2026-11-21T04:02:58.5584038+00:00" testType="13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b" outcome="Passed" testListId="8c84fa94-04c1-424b-9868-57a2d4851a1d" relativeResultsDirectory="2a71cfb9-632e-4f1d-ba15-dc61ea178b71" />
            <UnitTestResult executionId="2691478d-7e08-4591-892f-b42f3ceb8135" testId="588a119e-8523-7a2e-1570-12df341ab6ce" testName="ReadyOps.Core.Tests.Checks.JudgeTests.An_infinity_never_passes(value: Infinity, bound: &quot;&gt; 1&quot;, verdict: Inconclusive)" computerName="vm" duration="00:00:00.0000167" startTime="2026-11-21T04:02:58.5372344+00:00" endTime="2026-11-21T04:02:58.5372609+00:00" testType="13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b" outcome="Passed" testListId="8c84fa94-04c1-424b-9868-57a2d4851a1d" relativeResultsDirectory="2691478d-7e08-4591-892f-b42f3ceb8135" />
          </Results>
          <ResultSummary outcome="Completed">
            <Counters total="2" executed="2" passed="2" failed="0" error="0" timeout="0" aborted="0" inconclusive="0" passedButRunAborted="0" notRunnable="0" notExecuted="0" disconnected="0" warning="0" completed="0" inProgress="0" pending="0" />
            </ResultSummary>
        </TestRun>
        """;
}
