"""The schema guards itself: words and numbers that a column may hold, what refers to what, events that stay as they are."""

import django.db.models.deletion
from django.db import migrations, models

from renotify.ledger import guards


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_plain_columns'),
    ]

    operations = [
        migrations.AlterField(
            model_name='appointment',
            name='dealer_code',
            field=models.ForeignKey(db_column='dealer_code', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.dealer'),
        ),
        migrations.AlterField(
            model_name='appointment',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='campaignpart',
            name='campaign_code',
            field=models.ForeignKey(db_column='campaign_code', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.campaignrow'),
        ),
        migrations.AlterField(
            model_name='campaignpart',
            name='part_no',
            field=models.ForeignKey(db_column='part_no', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.part'),
        ),
        migrations.AlterField(
            model_name='campaignpart',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='campaignrow',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='dealer',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='dealercapacity',
            name='dealer_code',
            field=models.ForeignKey(db_column='dealer_code', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.dealer'),
        ),
        migrations.AlterField(
            model_name='dealercapacity',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='dealerpartstock',
            name='dealer_code',
            field=models.ForeignKey(db_column='dealer_code', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.dealer'),
        ),
        migrations.AlterField(
            model_name='dealerpartstock',
            name='part_no',
            field=models.ForeignKey(db_column='part_no', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.part'),
        ),
        migrations.AlterField(
            model_name='dealerpartstock',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='dealerstock',
            name='dealer_code',
            field=models.ForeignKey(db_column='dealer_code', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.dealer'),
        ),
        migrations.AlterField(
            model_name='dealerstock',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='event',
            name='campaign_code',
            field=models.ForeignKey(db_column='campaign_code', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.campaignrow'),
        ),
        migrations.AlterField(
            model_name='event',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='labortime',
            name='campaign_code',
            field=models.ForeignKey(db_column='campaign_code', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.campaignrow'),
        ),
        migrations.AlterField(
            model_name='labortime',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='listed',
            name='follow_up',
            field=models.ForeignKey(db_column='follow_up', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.followup'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='follow_up',
            field=models.ForeignKey(db_column='follow_up', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.followup'),
        ),
        migrations.AlterField(
            model_name='ownerrow',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='part',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='partsupply',
            name='part_no',
            field=models.ForeignKey(db_column='part_no', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.part'),
        ),
        migrations.AlterField(
            model_name='partsupply',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='piece',
            name='follow_up',
            field=models.ForeignKey(db_column='follow_up', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.followup'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='follow_up',
            field=models.OneToOneField(db_column='follow_up', on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.followup'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='vehicle',
            name='source_id',
            field=models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source'),
        ),
        migrations.AlterField(
            model_name='wave',
            name='follow_up',
            field=models.ForeignKey(db_column='follow_up', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.followup'),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(fields=['dealer_code', 'status'], name='appointment_by_dealer'),
        ),
        migrations.AddIndex(
            model_name='dealer',
            index=models.Index(fields=['area_code'], name='dealer_by_area'),
        ),
        migrations.AddIndex(
            model_name='dealerstock',
            index=models.Index(fields=['dealer_code'], name='dealer_stock_by_dealer'),
        ),
        migrations.AddIndex(
            model_name='listed',
            index=models.Index(fields=['follow_up', 'dealer_code'], name='listed_by_dealer'),
        ),
        migrations.AddIndex(
            model_name='piece',
            index=models.Index(fields=['follow_up', 'wave'], name='piece_by_wave'),
        ),
        migrations.AddIndex(
            model_name='vehicle',
            index=models.Index(fields=['dealer_code'], name='vehicle_by_dealer'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['booked', 'arrived', 'done', 'cancelled', 'no_show'])), name='appointment_status_known'),
        ),
        migrations.AddConstraint(
            model_name='campaignpart',
            constraint=models.CheckConstraint(condition=models.Q(('qty__gte', 0)), name='campaign_part_qty_least'),
        ),
        migrations.AddConstraint(
            model_name='campaignpart',
            constraint=models.CheckConstraint(condition=models.Q(('take_rate__range', (0, 1))), name='campaign_part_take_rate_share'),
        ),
        migrations.AddConstraint(
            model_name='campaignrow',
            constraint=models.CheckConstraint(condition=models.Q(('campaign_type__in', ['safety_recall', 'noncompliance_recall', 'service_campaign'])), name='campaign_campaign_type_known'),
        ),
        migrations.AddConstraint(
            model_name='campaignrow',
            constraint=models.CheckConstraint(condition=models.Q(('family__in', ['safety', 'service'])), name='campaign_family_known'),
        ),
        migrations.AddConstraint(
            model_name='campaignrow',
            constraint=models.CheckConstraint(condition=models.Q(('risk_weight__gte', 0)), name='campaign_risk_weight_least'),
        ),
        migrations.AddConstraint(
            model_name='campaignrow',
            constraint=models.CheckConstraint(condition=models.Q(('remedy_version__gte', 1)), name='campaign_remedy_version_least'),
        ),
        migrations.AddConstraint(
            model_name='dealercapacity',
            constraint=models.CheckConstraint(condition=models.Q(('hours_available__gte', 0)), name='dealer_capacity_hours_available_least'),
        ),
        migrations.AddConstraint(
            model_name='dealercapacity',
            constraint=models.CheckConstraint(condition=models.Q(('bays__gte', 0)), name='dealer_capacity_bays_least'),
        ),
        migrations.AddConstraint(
            model_name='dealerpartstock',
            constraint=models.CheckConstraint(condition=models.Q(('on_hand__gte', 0)), name='dealer_part_stock_on_hand_least'),
        ),
        migrations.AddConstraint(
            model_name='dealerpartstock',
            constraint=models.CheckConstraint(condition=models.Q(('on_order__gte', 0)), name='dealer_part_stock_on_order_least'),
        ),
        migrations.AddConstraint(
            model_name='dealerstock',
            constraint=models.CheckConstraint(condition=models.Q(('stock_type__in', ['new', 'used', 'loaner', 'demo'])), name='dealer_stock_stock_type_known'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign_code__isnull', False), ('kind__in', ['added', 'removed', 'remedied', 'inspected_ok', 'declined', 'other', 'mailed', 'returned'])), models.Q(('campaign_code__isnull', True), ('kind__in', ['registered', 'scrapped', 'exported', 'stolen', 'total_loss', 'unknown'])), _connector='OR'), name='event_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['initial', 'interim', 'follow_up_voluntary', 'follow_up_ordered'])), name='follow_up_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='labortime',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gte', 0)), name='labor_time_hours_least'),
        ),
        migrations.AddConstraint(
            model_name='listed',
            constraint=models.CheckConstraint(condition=models.Q(('family__in', ['safety', 'service'])), name='listed_family_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['dealer', 'area'])), name='notice_audience_known'),
        ),
        migrations.AddConstraint(
            model_name='ownerrow',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'lessee', 'lessor'])), name='owner_role_known'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(('pack_qty__gte', 1)), name='part_pack_qty_least'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(('lead_days__gte', 0)), name='part_lead_days_least'),
        ),
        migrations.AddConstraint(
            model_name='partsupply',
            constraint=models.CheckConstraint(condition=models.Q(('supply_qty__gte', 0)), name='part_supply_supply_qty_least'),
        ),
        migrations.AddConstraint(
            model_name='piece',
            constraint=models.UniqueConstraint(fields=('piece_id',), name='piece_id_once'),
        ),
        migrations.AddConstraint(
            model_name='piece',
            constraint=models.CheckConstraint(condition=models.Q(('family__in', ['safety', 'service'])), name='piece_family_known'),
        ),
        migrations.AddConstraint(
            model_name='piece',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'lessee', 'lessor'])), name='piece_role_known'),
        ),
        migrations.AddConstraint(
            model_name='piece',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['listed', 'planned', 'released', 'withdrawn', 'printed', 'exception', 'accepted', 'spoiled'])), name='piece_state_known'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['file', 'command'])), name='source_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='state',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'unreachable'), ('reason__in', ['export', 'theft', 'scrapping', 'failure_to_receive', 'other'])), models.Q(('status__in', ['open', 'repaired', 'inspected_ok', 'removed']), ('reason', '')), _connector='OR'), name='state_status_known'),
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='wave_number_least'),
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.CheckConstraint(condition=models.Q(('planned__gte', 0)), name='wave_planned_least'),
        ),
        migrations.RunPython(guards.put_up, guards.take_down),
    ]
