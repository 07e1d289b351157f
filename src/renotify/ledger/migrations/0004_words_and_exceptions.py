"""Two reference tables: the words that stand for nothing in this ledger, and the numbers that the maker excepts from 49 CFR 565."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='VinException',
            fields=[
                ('source_row', models.IntegerField()),
                ('vin', models.CharField(max_length=17, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=255)),
                ('source_id', models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source')),
            ],
            options={
                'db_table': 'vin_exception',
            },
        ),
        migrations.CreateModel(
            name='PlaceholderWord',
            fields=[
                ('source_row', models.IntegerField()),
                ('pk', models.CompositePrimaryKey('column_name', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('column_name', models.CharField(blank=True, max_length=64)),
                ('word', models.CharField(max_length=255)),
                ('meaning', models.CharField(max_length=8)),
                ('source_id', models.ForeignKey(db_column='source_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.source')),
            ],
            options={
                'db_table': 'placeholder_word',
                'constraints': [models.CheckConstraint(condition=models.Q(('meaning__in', ['blank', 'ask', 'refuse', 'keep'])), name='placeholder_word_meaning_known')],
            },
        ),
    ]
