package invariant_test

// damagesOfFigures are what could be wrong with figures that are kept beside the ledger, and
// with what was agreed.
func damagesOfFigures() map[string][]string {
	return map[string][]string{
		"what was reserved and posted is the first entry": {
			`UPDATE reservation SET amount_minor = amount_minor + 1 WHERE state = 'POSTED'`,
			`UPDATE reservation SET participant_id = 'OTHER' WHERE state = 'POSTED'`,
		},
		"prefunding that came in or went out is in the ledger": {
			`UPDATE prefunding_movement SET amount_minor = amount_minor - 1`, `DELETE FROM prefunding_movement`,
			`UPDATE prefunding_movement SET participant_id = 'OTHER'`,
		},
		"what is reserved for a payment is what its payer agreed to": {
			`UPDATE reservation SET amount_minor = amount_minor + 1 WHERE state = 'VOIDED'`,
			`UPDATE reservation SET participant_id = 'OTHER'`, `UPDATE payment SET payer_currency = 'USD'`,
		},
		"amounts agreed are amounts posted": {
			`UPDATE payment SET payer_minor = payer_minor + 1`, `UPDATE payment SET merchant_minor = merchant_minor - 1`,
			`UPDATE payment SET wallet_id = 'OTHER'`, `UPDATE payment SET merchant_currency = 'USD'`,
			`UPDATE payment SET fee_minor = fee_minor + 1 WHERE state = 'POSTED'`,
		},
		"every posted payment and return is in one window": {
			`UPDATE payment SET window_id = payment_id WHERE state = 'POSTED'`,
			`UPDATE payment_return SET window_id = payment_id WHERE state = 'POSTED'`,
			`UPDATE ledger_entry SET window_id = entry_id WHERE kind = 'PAYMENT'`,
		},
		"what is given back is so on both sides, and is the whole if all is given back": {
			`UPDATE payment_return SET amount_minor = amount_minor - 1`, `UPDATE payment_return SET wallet_id = 'OTHER'`,
			`UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE kind = 'RETURN' AND currency = 'HKD'`,
			`UPDATE ledger_entry SET amount_minor = amount_minor - 1 WHERE kind = 'RETURN' AND currency = 'HKD'`,
		},
		"what disputes gave back is in the ledger": {dispute("1000")},
		"a quote is that of its payment or return": {
			`UPDATE fx_quote SET to_minor = to_minor + 1 WHERE leg = 'payer'`, `UPDATE fx_quote SET from_minor = from_minor + 1`,
			`UPDATE fx_quote SET to_minor = to_minor + 1 WHERE leg = 'return-payer'`,
			`UPDATE fx_quote SET from_minor = from_minor + 1 WHERE leg = 'return-payer'`,
			`UPDATE fx_quote SET participant_id = 'OTHER'`, `UPDATE fx_quote SET from_currency = 'USD'`,
		},
		"what is converted has one quote for each side on which it is": {
			`DELETE FROM fx_quote WHERE leg = 'payer'`, `UPDATE fx_quote SET leg = 'merchant' WHERE leg = 'payer'`,
		},
		"the parts of a price make the price": {
			`UPDATE fx_quote SET at_mid_minor = at_mid_minor + 1`, `UPDATE fx_quote SET markup_minor = markup_minor + 1`,
			`UPDATE fx_quote SET residue_minor = residue_minor - 1`, `UPDATE fx_quote SET spread_minor = spread_minor + 1`,
			`UPDATE fx_quote SET fee_minor = fee_minor + 1`, `UPDATE fx_quote SET promotion_minor = promotion_minor + 1`,
			`UPDATE fx_quote SET promotion_minor = promotion_minor + 1, residue_minor = residue_minor + 1 WHERE leg = 'payer'`,
		},
		"a firm quote that was used is that of its payment": {
			`UPDATE fx_firm_quote SET used_at = quoted_at, used_by = (SELECT min(payment_id::TEXT)::UUID FROM payment)`,
			`UPDATE fx_firm_quote SET used_at = quoted_at, used_by = id`,
		},
		"what is owed for a window is its net": {
			`UPDATE obligation SET amount_minor = amount_minor + 1`, `UPDATE obligation SET currency = 'USD'`,
			`UPDATE obligation SET direction = CASE WHEN direction = 'PAY_IN' THEN 'PAY_OUT' ELSE 'PAY_IN' END`,
			`DELETE FROM obligation`, `UPDATE window_net SET credits_minor = credits_minor + 1`,
		},
		"what banks moved and people decided is in the ledger": {
			`UPDATE settlement_step SET amount_minor = amount_minor + 1`, `UPDATE settlement_step SET currency = 'USD'`,
			`UPDATE settlement_step SET direction = 'OTHER'`, `UPDATE settlement_step SET kind = 'ACCEPTED'`,
			`UPDATE settlement_step SET obligation_id = step_id`,
		},
		"the volumes that fees are charged by are what the window moved": {
			`UPDATE window_volume SET payments = payments + 1`, `UPDATE window_volume SET paid_minor = paid_minor - 1`,
			`UPDATE window_volume SET returns = returns + 1`, `UPDATE window_volume SET returned_minor = returned_minor + 1`,
			`UPDATE window_volume SET participant_id = 'OTHER'`, `UPDATE window_volume SET corridor = 'OTHER'`,
			`DELETE FROM window_volume`,
		},
		"a flow is what its subject moved through the exchange, at one cost on both sides": {
			`UPDATE fx_flow SET amount_minor = amount_minor + 1`, `UPDATE fx_flow SET income_minor = income_minor + 1`,
			`UPDATE fx_flow SET cost_minor = cost_minor + 1 WHERE currency = 'JPY'`,
			`UPDATE fx_flow SET subject_id = flow_id`, `DELETE FROM fx_flow`,
		},
		"the income of each position is that of its flows": {
			`UPDATE fx_position SET income_minor = income_minor + 1`, `UPDATE fx_flow SET corridor = 'OTHER'`,
			`UPDATE fx_position SET income_worth_minor = income_worth_minor + 1`, `UPDATE fx_position SET partner_id = 'OTHER'`,
		},
		"the profit of each position is that of its valuations": {
			`UPDATE fx_position SET unrealised_minor = unrealised_minor + 1`, `UPDATE fx_valuation SET gain_minor = gain_minor + 1`,
			`UPDATE fx_position SET realised_minor = realised_minor + 1, unrealised_minor = unrealised_minor - 1`,
			`UPDATE fx_valuation SET partner_id = 'OTHER'`, `DELETE FROM fx_valuation`,
		},
		"a deal is in the ledger as it was made": {
			`UPDATE fx_deal SET buy_minor = buy_minor + 1`, `UPDATE fx_deal SET sell_minor = sell_minor + 1`,
			`UPDATE fx_deal SET sell_currency = 'USD'`, `DELETE FROM fx_deal`,
		},
		"what a day gained is what its positions did, and in the ledger": {
			`UPDATE fx_revaluation SET gain_minor = gain_minor + 1`, `UPDATE fx_revaluation SET realised_minor = realised_minor + 1`,
			`UPDATE fx_valuation SET gain_minor = gain_minor + 1`, `DELETE FROM fx_valuation`,
			`UPDATE fx_valuation SET realised_minor = realised_minor + 1`,
		},
	}
}
