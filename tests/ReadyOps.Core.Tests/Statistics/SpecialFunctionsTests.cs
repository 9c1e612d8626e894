using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Tests.Statistics;

public sealed class SpecialFunctionsTests
{
    // Abramowitz and Stegun, tables 26.1 and 26.2.
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.3085375387259869)]
    [InlineData(1, 0.15865525393145707)]
    [InlineData(2, 0.02275013194817922)]
    [InlineData(2.4, 0.008197535924596138)]
    [InlineData(3, 0.0013498980316300957)]
    [InlineData(6, 9.865876450377012e-10)]
    [InlineData(10, 7.619853024160593e-24)]
    [InlineData(-1, 0.8413447460685429)]
    public void Tails_of_the_normal_distribution_are_those_of_the_tables(double z, double expected) => Close(expected, SpecialFunctions.NormalTail(z), 1e-13);

    // Abramowitz and Stegun, table 26.5, to the digits of Python's statistics.NormalDist.
    [Theory]
    [InlineData(0.025, 1.9599639845400538)]
    [InlineData(0.01, 2.3263478740408408)]
    [InlineData(0.005, 2.5758293035489)]
    [InlineData(0.001, 3.090232306167813)]
    [InlineData(1e-6, 4.753424308822899)]
    [InlineData(0.975, -1.9599639845400538)]
    public void Quantiles_of_the_normal_distribution_are_those_of_the_tables(double p, double expected) => Close(expected, SpecialFunctions.NormalQuantile(p), 1e-13);

    // Student's table: t(0.025, 10), t(0.01, 20), t(0.01, 8), t(0.025, 60).
    [Theory]
    [InlineData(0.025, 10, 2.228)]
    [InlineData(0.01, 20, 2.528)]
    [InlineData(0.01, 8, 2.896)]
    [InlineData(0.025, 60, 2.000)]
    public void Quantiles_of_Students_t_are_within_a_percent_of_the_table(double p, double degrees, double expected) => Close(expected, SpecialFunctions.StudentQuantile(p, degrees), 0.01);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 3.1780538303479458)] // ln 24
    [InlineData(0.5, 0.5723649429247001)] // ln √π
    [InlineData(101, 363.73937555556349)] // ln 100!
    public void The_gamma_function_is_the_factorial(double x, double expected) => Assert.Equal(expected, SpecialFunctions.LogGamma(x), 1e-11);

    // I_x(a, b) of whole a and b is a binomial tail, summed here.
    [Theory]
    [InlineData(0.2, 2, 3)]
    [InlineData(0.7, 5, 4)]
    [InlineData(0.01, 1, 40)]
    [InlineData(0.5, 30, 30)]
    public void The_beta_function_is_a_binomial_tail(double x, int a, int b)
    {
        int n = a + b - 1;
        double tail = 0;
        for (int k = a; k <= n; k++) tail += Math.Exp(SpecialFunctions.LogChoose(n, k)) * Math.Pow(x, k) * Math.Pow(1 - x, n - k);
        Close(tail, SpecialFunctions.Beta(x, a, b), 1e-12);
        Close(x, SpecialFunctions.BetaQuantile(SpecialFunctions.Beta(x, a, b), a, b), 1e-10);
    }

    // R's documentation of binom.test, Conover's example: 682 of 925 at p = 3/4 has p-value 0.3825 and limits 0.7076683, 0.7654066.
    [Fact]
    public void The_binomial_test_of_Rs_documentation_comes_out_the_same()
    {
        Assert.Equal(0.3825, Tails.Binomial(682, 925, 0.75).TwoSided, 4);
        Assert.Equal(0.7076683, SpecialFunctions.BetaQuantile(0.025, 682, 244), 7);
        Assert.Equal(0.7654066, SpecialFunctions.BetaQuantile(0.975, 683, 243), 7);
    }

    [Theory]
    [InlineData(1e-300, 1e300)]
    [InlineData(-5, 5)]
    [InlineData(0, 1)]
    public void Bisection_over_the_doubles_finds_the_very_number(double low, double high)
    {
        double sought = low + (high - low) / 7;
        Assert.Equal(sought, DoubleOrder.First(low, high, value => value >= sought));
        Assert.Equal(high, DoubleOrder.First(low, high, _ => false));
        Assert.Equal(low, DoubleOrder.First(low, high, _ => true));
    }

    internal static void Close(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(actual - expected) <= relative * Math.Abs(expected), $"{actual:R} is not {expected:R} within {relative:R}.");
}
