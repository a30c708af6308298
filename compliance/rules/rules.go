package rules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/interpreter"

	"github.com/causeway-pay/causeway/internal/reason"
)

// Outcome is what a rule wants done with a payment.
type Outcome string

// The outcomes, from the mildest to the strictest.
const (
	Pass   Outcome = "PASS"
	Hold   Outcome = "HOLD"
	Reject Outcome = "REJECT"
)

// weight orders outcomes.
func (o Outcome) weight() int {
	switch o {
	case Reject:
		return 2
	case Hold:
		return 1
	default:
		return 0
	}
}

// Rule does something with the payments for which its expression is true.
type Rule struct {
	// Name is how the rule is called in decisions and reports.
	Name string `json:"name"`
	// When is an expression that is true or false.
	When string `json:"when"`
	// Then is Hold or Reject.
	Then Outcome `json:"then"`
	// Reason is the name of the reason that a refusal gives, such as
	// "RiskRejected", which "" means, too.
	Reason string `json:"reason,omitempty"`
}

// Limits of a set and of what an expression may cost. An ordinary rule costs 3 to
// 30 units and about a microsecond; a set at its limits takes some milliseconds.
const (
	rulesMax      = 200
	expressionMax = 4 << 10
	nodesMax      = 500
	depthMax      = 50
	costMax       = 10_000
)

// environment is what all expressions are checked in.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.ParserExpressionSizeLimit(expressionMax), cel.ParserRecursionLimit(depthMax),
		cel.ExpressionNodeLimit(nodesMax), cel.ExpressionNestingDepthLimit(depthMax), cel.DefaultUTCTimeZone(true),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateDurationLiterals(),
			cel.ValidateComprehensionNestingLimit(2)),
		cel.Variable(messageName, cel.MapType(cel.StringType, cel.DynType)),
	}
	for _, v := range known {
		options = append(options, cel.Variable(v.Name, v.kind))
	}
	return cel.NewEnv(options...)
})

// Set is a set of rules that have been checked. It is safe for concurrent use.
type Set struct {
	rules    []Rule
	reasons  []reason.Kind
	programs []cel.Program
}

// NewSet checks rules and prepares them. The error names the rule and the place in
// its expression.
func NewSet(list []Rule) (*Set, error) {
	if len(list) > rulesMax {
		return nil, fmt.Errorf("rules: more than %d", rulesMax)
	}
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	set := &Set{rules: slices.Clone(list)}
	names := map[string]bool{}
	for i, rule := range list {
		if rule.Name == "" || names[rule.Name] {
			return nil, fmt.Errorf("rules: rule %d: %q is no name, or that of another rule", i+1, rule.Name)
		}
		names[rule.Name] = true
		program, kind, err := compile(env, rule)
		if err != nil {
			return nil, fmt.Errorf("rules: %s: %w", rule.Name, err)
		}
		set.programs, set.reasons = append(set.programs, program), append(set.reasons, kind)
	}
	return set, nil
}

func compile(env *cel.Env, rule Rule) (cel.Program, reason.Kind, error) {
	if rule.Then != Hold && rule.Then != Reject {
		return nil, reason.None, fmt.Errorf("then is %q, not HOLD or REJECT", rule.Then)
	}
	kind := reason.RiskRejected
	if rule.Reason != "" {
		named, ok := reason.Parse(rule.Reason)
		if !ok || named == reason.None || !named.Final() {
			return nil, reason.None, fmt.Errorf("reason %q is not one to refuse for", rule.Reason)
		}
		kind = named
	}
	ast, issues := env.Compile(rule.When)
	if err := issues.Err(); err != nil {
		return nil, kind, err
	}
	if ast.OutputType() != cel.BoolType && ast.OutputType() != cel.DynType {
		return nil, kind, fmt.Errorf("the expression is a %s, not true or false", ast.OutputType())
	}
	program, err := env.Program(ast, cel.CostLimit(costMax), cel.InterruptCheckFrequency(100))
	return program, kind, err
}

// Rules returns the rules of the set.
func (s *Set) Rules() []Rule { return s.rules }

// Hit is a rule that was true for a payment, or could not be decided.
type Hit struct {
	Rule string  `json:"rule"`
	Then Outcome `json:"then"`
	// Failure says why the rule could not be decided; "" if it was true. It holds
	// no values of the payment.
	Failure string `json:"failure,omitempty"`
}

// Verdict is what a set says of a payment.
type Verdict struct {
	// Outcome is the strictest of the hits, Reason that of the first rule that wants
	// it.
	Outcome Outcome
	Reason  reason.Kind
	Hits    []Hit
}

// Apply holds a payment to all rules. It ends early, with failures, when ctx does.
func (s *Set) Apply(ctx context.Context, facts Facts) Verdict {
	verdict := Verdict{Outcome: Pass}
	values := facts.activation()
	for i, program := range s.programs {
		hit, failure := decide(ctx, program, values)
		if !hit {
			continue
		}
		rule := s.rules[i]
		verdict.Hits = append(verdict.Hits, Hit{Rule: rule.Name, Then: rule.Then, Failure: failure})
		if rule.Then.weight() > verdict.Outcome.weight() {
			verdict.Outcome, verdict.Reason = rule.Then, s.reasons[i]
		}
	}
	return verdict
}

// Failures of a rule, in words that give nothing of a payment away.
const (
	failedValue = "the expression needs what the payment does not have"
	failedCost  = "the expression takes too long"
)

func decide(ctx context.Context, program cel.Program, values map[string]any) (hit bool, failure string) {
	result, _, err := program.ContextEval(ctx, values)
	if err != nil {
		var limit interpreter.EvalCancelledError
		if errors.As(err, &limit) || ctx.Err() != nil {
			return true, failedCost
		}
		return true, failedValue
	}
	truth, isBool := result.Value().(bool)
	if !isBool {
		return true, failedValue
	}
	return truth, ""
}
