namespace ReadyOps.Core.Tests.Checks;

/// <summary>Reports in the form that their producers write, made up for these tests.</summary>
internal static class TestReportSamples
{
    /// <summary>pytest: 5 tests, 3 passed, 1 failed, 1 skipped.</summary>
    public const string Pytest = """
        <?xml version="1.0" encoding="utf-8"?>
        <testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="1" skipped="1" tests="5" time="0.412" timestamp="2026-11-20T10:00:00.1+00:00" hostname="ci">
        <testcase classname="tests.test_cart" name="test_add" time="0.001" />
        <testcase classname="tests.test_cart" name="test_total[EUR]" time="0.002" />
        <testcase classname="tests.test_cart" name="test_total[USD]" time="0.002"><failure message="assert 9 == 10&#10; +  where 9">def test_total():
        &gt;   assert 9 == 10 &#27;[31m</failure></testcase>
        <testcase classname="tests.test_pay" name="test_refund" time="0.003"><skipped type="pytest.skip" message="needs a sandbox">tests/test_pay.py:7</skipped></testcase>
        <testcase classname="tests.test_pay" name="test_pay" time="0.004"><system-out><![CDATA[<failure> in a log is no failure]]></system-out></testcase>
        </testsuite></testsuites>
        """;

    /// <summary>surefire with reruns: 4 tests, 2 passed (1 flaky), 1 failed in all runs, 1 skipped.</summary>
    public const string Surefire = """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="shop.OrderTest" time="1.2" tests="4" errors="0" skipped="1" failures="1" flakes="1">
          <properties><property name="java.version" value="21"/></properties>
          <testcase name="places" classname="shop.OrderTest" time="0.1"/>
          <testcase name="ships" classname="shop.OrderTest" time="0.2">
            <flakyFailure message="timeout" type="java.lang.AssertionError"><stackTrace>at shop.OrderTest</stackTrace></flakyFailure>
          </testcase>
          <testcase name="cancels" classname="shop.OrderTest" time="0.3">
            <failure message="no" type="java.lang.AssertionError">at shop.OrderTest</failure>
            <rerunFailure message="no again" type="java.lang.AssertionError"><stackTrace>at shop.OrderTest</stackTrace></rerunFailure>
          </testcase>
          <testcase name="returns" classname="shop.OrderTest" time="0"><skipped/></testcase>
        </testsuite>
        """;

    /// <summary>gotestsum: two packages, 3 tests, all passed.</summary>
    public const string Gotestsum = """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="3" failures="0" errors="0" time="0.5">
        	<testsuite tests="2" failures="0" time="0.3" name="example.test/cart" timestamp="2026-11-20T10:00:00Z">
        		<properties><property name="go.version" value="go1.25"></property></properties>
        		<testcase classname="example.test/cart" name="TestAdd" time="0.1"></testcase>
        		<testcase classname="example.test/cart" name="TestAdd/empty" time="0.1"></testcase>
        	</testsuite>
        	<testsuite tests="1" failures="0" time="0.2" name="example.test/pay"><testcase classname="example.test/pay" name="TestPay" time="0.1"></testcase></testsuite>
        </testsuites>
        """;

    /// <summary>dotnet test: 5 results of which one is data-driven with 2 inner ones: 3 passed, 1 failed, 1 timed out, 1 skipped.</summary>
    public const string Trx = """
        <?xml version="1.0" encoding="utf-8"?>
        <TestRun id="7b1a" name="ci 2026-11-20" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
          <Times creation="2026-11-20T10:00:00" queuing="2026-11-20T10:00:00" start="2026-11-20T10:00:00" finish="2026-11-20T10:00:05" />
          <Results>
            <UnitTestResult testName="Shop.CartTests.Adds" outcome="Passed" duration="00:00:00.01" />
            <UnitTestResult testName="Shop.CartTests.Totals" outcome="Failed" duration="00:00:00.02">
              <Output><ErrorInfo><Message>Assert.Equal() Failure</Message><StackTrace>at Shop.CartTests</StackTrace></ErrorInfo></Output>
            </UnitTestResult>
            <UnitTestResult testName="Shop.CartTests.Waits" outcome="Timeout" />
            <UnitTestResult testName="Shop.CartTests.Later" outcome="NotExecuted" />
            <UnitTestResult testName="Rates" outcome="Passed" resultType="DataDrivenTest">
              <InnerResults>
                <UnitTestResult testName="Rates (1)" outcome="Passed" resultType="DataDrivenDataRow" />
                <UnitTestResult testName="Rates (2)" outcome="Passed" resultType="DataDrivenDataRow" />
              </InnerResults>
            </UnitTestResult>
          </Results>
          <TestDefinitions><UnitTest name="Adds" id="1"><TestMethod className="Shop.CartTests" name="Adds" /></UnitTest></TestDefinitions>
          <ResultSummary outcome="Failed"><Counters total="6" executed="5" passed="3" failed="1" error="0" timeout="1" aborted="0" />
            <RunInfos><RunInfo computerName="ci" outcome="Error"><Text>[xUnit.net 00:00:00.40]     Shop.CartTests.Totals [FAIL]</Text></RunInfo></RunInfos>
          </ResultSummary>
        </TestRun>
        """;

    /// <summary>NUnit 3: 5 cases: 2 passed, 1 failed, 1 inconclusive, 1 ignored.</summary>
    public const string NUnit3 = """
        <?xml version="1.0" encoding="utf-8" standalone="no"?>
        <test-run id="2" testcasecount="5" result="Failed" total="5" passed="2" failed="1" warnings="0" inconclusive="1" skipped="1" engine-version="3.18">
          <test-suite type="Assembly" id="1" name="Shop.dll" fullname="/w/Shop.dll" result="Failed" site="Child">
            <test-suite type="TestFixture" id="2" name="CartTests" fullname="Shop.CartTests" result="Failed" site="Child">
              <test-case id="3" name="Adds" fullname="Shop.CartTests.Adds" result="Passed" />
              <test-case id="4" name="Totals" fullname="Shop.CartTests.Totals" result="Failed"><failure><message><![CDATA[Expected: 10]]></message></failure></test-case>
              <test-case id="5" name="Assumes" fullname="Shop.CartTests.Assumes" result="Inconclusive" />
              <test-case id="6" name="Later" fullname="Shop.CartTests.Later" result="Skipped" label="Ignored"><reason><message>later</message></reason></test-case>
              <test-case id="7" name="Pays" fullname="Shop.CartTests.Pays" result="Passed" />
            </test-suite>
          </test-suite>
        </test-run>
        """;

    /// <summary>Pester, which writes NUnit 2.5: 3 cases: 1 passed, 1 failed, 1 ignored.</summary>
    public const string Pester = """
        <?xml version="1.0" encoding="utf-8" standalone="no"?>
        <test-results xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="Pester" total="3" errors="0" failures="1" not-run="0" inconclusive="0" ignored="0" skipped="1" invalid="0">
          <environment nunit-version="2.5.8.0" /><culture-info current-culture="en-US" />
          <test-suite type="TestFixture" name="Pester" executed="True" result="Failure" success="False" time="0.1"><results>
            <test-suite type="TestFixture" name="Cart" executed="True" result="Failure" success="False"><results>
              <test-case description="adds" name="Cart.adds" time="0.01" executed="True" result="Success" success="True" />
              <test-case description="totals" name="Cart.totals" time="0.01" executed="True" result="Failure" success="False"><failure><message>Expected 10</message></failure></test-case>
              <test-case description="later" name="Cart.later" time="0" executed="False" result="Ignored" success="True" />
            </results></test-suite>
          </results></test-suite>
        </test-results>
        """;
}
